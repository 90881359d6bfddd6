"""Readers of foreign files: delimited text and the ministry's list of schools."""
