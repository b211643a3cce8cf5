"""Tests of the report line, of /safeguards and of the open data."""
