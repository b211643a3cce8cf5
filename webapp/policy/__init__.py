"""Changing what is agreed: one proposes with source and reason, a second person approves, and everybody can read back."""
