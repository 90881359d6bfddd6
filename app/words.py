"""What a dictionary of words for an enumeration is."""

from enum import StrEnum

from flask_babel import LazyString

Words = dict[StrEnum, LazyString]
"""Words by member; covers its whole enumeration, as a test sees to."""
