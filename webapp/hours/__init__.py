"""Hours: writing a shift down, confirming, correcting, disputing and ruling on it."""
