"""How much people may keep: lists, titles on a list, saved searches.

Source: docs/rules.md, Lists 1.1 and 2.1.
"""

from enum import StrEnum

MOST_LISTS = 100
MOST_TITLES_ON_A_LIST = 500
MOST_SAVED_SEARCHES = 100


class KeepingRefusal(StrEnum):
    """Why nothing more can be kept; `app.labels` says it in German and English."""

    TOO_MANY_LISTS = "too_many_lists"
    LIST_FULL = "list_full"
    TOO_MANY_SEARCHES = "too_many_searches"
    TOO_MANY_CODES = "too_many_codes"
