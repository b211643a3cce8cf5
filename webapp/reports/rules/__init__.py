"""Decisions of this slice: plain values in, plain values out."""
