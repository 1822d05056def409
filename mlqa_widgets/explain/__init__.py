"""What a model relies on, and why it said what it said for one row."""
