"""The column to predict: enough of it, without contradiction, and not given away."""
