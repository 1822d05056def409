"""Ways in for models: whatever the user passes becomes one :class:`Model`."""
