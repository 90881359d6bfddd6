"""Deterministic demo data: a small county, its media centres, schools and media."""
