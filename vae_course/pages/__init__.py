"""What pages of notebooks share, lessons (course) and feedback (grading) alike: Markdown with formulas, font and style."""
