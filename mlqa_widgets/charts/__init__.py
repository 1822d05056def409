"""Altair charts as pure functions of results."""
