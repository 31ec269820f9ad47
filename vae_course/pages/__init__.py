"""What pages of notebooks share, lessons (course) and feedback (grading): Markdown with formulas, font and style."""
