"""Mapped classes of loans."""
