"""What several tabs look like."""
