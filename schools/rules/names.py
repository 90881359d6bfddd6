"""Telling first and last names apart in what somebody typed on one line."""


def split_name(text: str) -> tuple[str, str] | None:
    """Return first and last name; None if there is only one of them.

    A comma stands behind the last name; without one the last name is the last word, with the
    small words before it (van, de, von der).

    Source:
        docs/decisions/0015-the-fastest-desk.md.
    """
    if "," in text:
        family, _, given = (" ".join(part.split()) for part in text.partition(","))
        return (given, family) if given and family else None
    words = text.split()
    small = [place for place, word in enumerate(words) if place and word[:1].islower()]
    at = small[0] if small else len(words) - 1
    given, family = " ".join(words[:at]), " ".join(words[at:])
    return (given, family) if given and family else None
