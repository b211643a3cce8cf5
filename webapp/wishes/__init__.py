"""What somebody wishes of work: which, how many hours, when not, how they travel. Their own words, never a reason against them."""
