"""Sentences for refusals that lie in one of several things: each names what it is about."""

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _

from app.refusals import sentence
from loans.errors import Refused


def line_reasons(refusals: Iterable[Refused], titles: Mapping[int, str]) -> list[str]:
    """Return every reason as a sentence, those that read the same once.

    Args:
        refusals: in their order.
        titles: by holding; with several of them each reason that lies in one names it.
    """
    said: dict[str, list[str]] = {}
    for refused in refusals:
        about = said.setdefault(sentence(refused), [])
        title = titles.get(int(refused.facts.get("holding_id", 0)))  # type: ignore[arg-type]  # a key
        if title is not None and title not in about:
            about.append(title)
    if len(titles) < 2:  # noqa: PLR2004  # one thing needs no name
        return list(said)
    return [_named(words, about) for words, about in said.items()]


def _named(words: str, about: list[str]) -> str:
    if not about:
        return words
    return str(_("%(titles)s: %(reason)s", titles=", ".join(about), reason=words))
