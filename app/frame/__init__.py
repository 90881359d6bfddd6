"""What belongs to every page: the start, language, look, legal pages, health."""
