"""Readings over time: holes, silence, stuck values, shifts, repeated and unordered times."""
