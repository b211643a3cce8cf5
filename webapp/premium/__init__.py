"""What work earns: the premium account of a participant, an append-only ledger."""
