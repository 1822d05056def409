"""The same thing in several rows."""
