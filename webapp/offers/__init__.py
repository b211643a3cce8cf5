"""Work proposed to one person, and the free answer to it."""
