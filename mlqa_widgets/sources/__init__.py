"""Sources that others own: a card of what is known of each, and of every read."""
