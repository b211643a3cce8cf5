"""Somebody says what fits them, and matching shows it."""
