"""What is missing, and what stands where something is missing."""
