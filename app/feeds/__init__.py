"""Calendars that other programs read by a secret link."""
