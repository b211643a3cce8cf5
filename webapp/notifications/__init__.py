"""Messages: rows first (inbox and outbox in one), carried by Web Push and mail afterwards."""
