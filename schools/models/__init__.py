"""Mapped classes of schools."""
