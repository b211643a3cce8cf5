"""The work certificate, words of others, and the own CV: what somebody can show when looking for work, and to whom."""
