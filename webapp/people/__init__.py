"""Accounts, roles, municipalities, employers and their establishments; signing in."""
