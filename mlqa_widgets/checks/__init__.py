"""The checks: one module per family, each check one small function registered under its public id."""
