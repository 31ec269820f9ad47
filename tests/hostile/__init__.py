"""Broken and hostile submissions, made from the real lessons, and what becomes of them."""
