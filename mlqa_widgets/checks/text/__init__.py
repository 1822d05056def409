"""Text: how it is written, damaged, mixed, or not what it should be."""
