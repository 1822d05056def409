"""The checks: one folder per family, each check one small function registered under its public id."""
