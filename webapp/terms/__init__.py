"""What law or policy sets, as dated rows with a source."""
