"""The widgets: traits and messages only. What they show is computed elsewhere."""
