"""Repairs: each is code one can read, a preview, and an application that refuses to lose values."""
