"""Databases: what is in them, and their tables as sources of scans and comparisons. Nothing is ever written."""
