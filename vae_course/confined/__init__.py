"""A stranger's code in a process of its own, confined, and what comes of it looked at like a stranger's."""
