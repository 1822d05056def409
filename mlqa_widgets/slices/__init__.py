"""For whom a model errs: per category, and the worst slices found."""
