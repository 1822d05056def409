"""What the source itself says: how it could be read, and what was declared of it."""
