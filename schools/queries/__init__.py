"""What pages and operations read about people, schools and centres."""
