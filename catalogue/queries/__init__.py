"""Reads titles with what hangs on them, for pages."""
