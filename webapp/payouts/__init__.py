"""Money out: payout runs with four eyes, the bank file, and what comes back from the bank."""
