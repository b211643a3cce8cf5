"""Points reached, each once, each with its date and facts."""
