"""What an employer asks for: work, times, who helps, what can be learned, and the tariff."""
