"""Single odd predictions, and what a reviewer said of them."""
