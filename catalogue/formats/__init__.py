"""Readers of foreign records: MARC and tables of titles and copies."""
