"""Columns held against each other, and against what a feature should be."""
