"""Staff describe titles, keep copies and bring in files."""
