"""What a table holds: value counts and what is derived from them."""
