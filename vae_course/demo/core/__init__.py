"""What the demo knows and does, whatever it looks like."""
