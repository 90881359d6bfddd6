"""Choices within choices: content fields below their subject, groups below those above them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.finder.choices import Choice
from catalogue.queries.groups import GroupTerm, groups_around
from schools.vocabularies.content_fields import content_fields_of


@dataclass(frozen=True, slots=True)
class GroupTree:
    """The groups (EAF) at the top and those that lead to what is chosen.

    Attributes:
        terms: by code; empty where nobody needs them.
    """

    terms: Mapping[str, GroupTerm]

    def names(self, language: str) -> dict[str, str]:
        """Return the names by code."""
        return {code: term.name(language) for code, term in self.terms.items()}

    def narrowest(self, chosen: frozenset[str]) -> frozenset[str]:
        """Return what is chosen without what stands above something else that is."""
        return chosen - {above for code in chosen for above in self._above(code)}

    def choices(self, choices: Iterable[Choice]) -> tuple[Choice, ...]:
        """Nest choices; below one that is neither chosen nor leads to one, nothing is shown."""
        known = {choice.value: choice for choice in choices}
        chosen = [code for code, choice in known.items() if choice.chosen]
        path = {above for code in chosen for above in (code, *self._above(code))}
        roots = [code for code in known if self._parent(code) is None and code in self.terms]
        lost = [code for code in chosen if code not in self.terms]
        return tuple(self._nested(code, known, path) for code in sorted({*roots, *lost}))

    def _nested(self, code: str, known: Mapping[str, Choice], path: Collection[str]) -> Choice:
        if code not in path:
            return known[code]
        below = sorted(each for each in known if each != code and self._parent(each) == code)
        rest = {each: known[each] for each in known if each != code}
        return replace(known[code], below=tuple(self._nested(each, rest, path) for each in below))

    def _above(self, code: str) -> list[str]:
        """Return the codes above one, nearest first; a table that runs in circles ends."""
        found: list[str] = []
        above = self._parent(code)
        while above is not None and above not in {code, *found}:
            found.append(above)
            above = self._parent(above)
        return found

    def _parent(self, code: str) -> str | None:
        term = self.terms.get(code)
        return term.parent if term is not None else None


NO_GROUPS = GroupTree({})


def tree_around(session: Session, chosen: Collection[str]) -> GroupTree:
    """Read what leads to some groups, in one statement."""
    return GroupTree({term.code: term for term in groups_around(session, chosen)})


def with_content_fields(
    subjects: Iterable[Choice], fields: Iterable[Choice]
) -> tuple[Choice, ...]:
    """Put content fields below their subjects: all below one that is chosen, else those chosen."""
    found = {field.value: field for field in fields}
    return tuple(_with_fields(subject, found) for subject in subjects)


def _with_fields(subject: Choice, found: Mapping[str, Choice]) -> Choice:
    codes = [each.code for each in content_fields_of(subject.value)]
    below = tuple(
        found[code] for code in codes if code in found and (subject.chosen or found[code].chosen)
    )
    return replace(subject, below=below, below_words=_("Content fields"))
