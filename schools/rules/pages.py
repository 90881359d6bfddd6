"""Lists in pages."""


def last_page(total: int, size: int) -> int:
    """Return the number of the last page of so many rows, from 1: an empty list has one, too."""
    return max(1, -(-total // size))
