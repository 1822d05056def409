"""Coordinates: whether they are places, and the right ones."""
