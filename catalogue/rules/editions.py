"""Tells whether a thing still is what it was when somebody opened it for editing."""

import hashlib
from collections.abc import Mapping

EDITION_LENGTH = 16


def edition_of(values: Mapping[str, object]) -> str:
    """Return 16 hexadecimal digits that change with any of the values an editor sees.

    A row's version also rises with what no form shows, as the state of a copy that is lent all
    day; this does not, so nobody is told of a change that does not concern them.

    Args:
        values: by field name; texts, numbers, days, codes, None and tuples of these.
    """
    text = "\x1f".join(f"{name}\x1e{value!s}" for name, value in sorted(values.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:EDITION_LENGTH]
