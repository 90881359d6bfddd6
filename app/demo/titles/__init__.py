"""The titles of the demo, one table a subject; all written by us, all invented."""
