"""Mapped classes of catalogue."""
