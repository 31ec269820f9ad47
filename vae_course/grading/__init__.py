"""Hidden checks on a student's answers: one protocol, in this process or in a child. Never imports the reference."""
