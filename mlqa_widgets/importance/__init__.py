"""What a model relies on: by its errors, by its contributions, and by its own account."""
