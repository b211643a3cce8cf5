"""Bills to employers: made from confirmed hours, numbered without gaps, never changed; and what comes in for them."""
