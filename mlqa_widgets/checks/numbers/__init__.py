"""Numbers: their size, and their units."""
