"""The filters beside the hits: their choices with counts, and those that are on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from app.facet_words import LEGENDS, PARAMETERS, Wording
from app.finder.addresses import EXACT, Pairs, search_address, with_values
from app.finder.branches import GroupTree, with_content_fields
from app.finder.choices import Band, Choice, Part
from app.search import Findings, Search
from schools.rules.grades import grade_label
from schools.vocabularies.media_competences import competence_areas
from search_index.engine import Facet, Reach

SHOWN_AT_ONCE = 8
"""Choices of a facet before the others are folded away."""

NEWEST_FIRST = frozenset({Facet.YEAR})
IN_ORDER = frozenset({Facet.GRADE})
WITHIN_SUBJECTS = frozenset({Facet.CONTENT_FIELD})
"""Shown below the subjects chosen: too many to choose from before."""

FOLDED = frozenset(
    {Facet.GROUP, Facet.LEARNING_COMPETENCE, Facet.SCHOOL_FORM, Facet.LANGUAGE, Facet.YEAR}
)
"""Facets fewer people need: folded until one of their values is chosen."""

BANDS = (range(1, 5), range(5, 7), range(7, 11), range(11, 14))
"""Grades many look for together: primary, first two, middle and upper years of secondary."""


@dataclass(frozen=True, slots=True)
class Group:
    """One facet as the page shows it.

    Attributes:
        name: of its parameter, and part of ids.
        bands: quick choices above the others.
        choices: at hand.
        parts: choices in parts with headings of their own.
        more: folded away.
        folded: the whole is folded away.
    """

    name: str
    legend: str
    choices: tuple[Choice, ...]
    bands: tuple[Band, ...] = ()
    parts: tuple[Part, ...] = ()
    more: tuple[Choice, ...] = ()
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address without it."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What the filters are made of.

    Attributes:
        tree: the groups (EAF) that lead to those chosen.
    """

    findings: Findings
    search: Search
    pairs: Pairs
    wording: Wording
    tree: GroupTree


def groups(panel: Panel) -> list[Group]:
    """Return all filters that have anything to choose from, in the order of the page."""
    shown = (facet for facet in LEGENDS if facet not in WITHIN_SUBJECTS)
    made = (_group(facet, panel) for facet in shown)
    return [group for group in made if group.choices or group.parts]


def chips(search: Search, pairs: Pairs, wording: Wording) -> list[Chip]:
    """Return every filter that is on."""
    on = [
        Chip(wording.alone(facet, value), search_address(pairs, (PARAMETERS[facet], value)))
        for facet in LEGENDS
        for value in _in_order(facet, search.filters.get(facet, ()))
    ]
    if search.only_free:
        on.insert(0, Chip(_("Free in the period"), search_address(pairs, ("free", "1"))))
    if search.as_written:
        on.insert(0, Chip(_("Just as written"), search_address(pairs, EXACT)))
    return on


def unfiltered(pairs: Pairs) -> str:
    """Return the search's address without any filter; words and period stay."""
    names = {*PARAMETERS.values(), "free", EXACT[0]}
    return search_address([pair for pair in pairs if pair[0] not in names])


def _group(facet: Facet, panel: Panel) -> Group:
    choices = _choices(facet, panel)
    chosen = panel.search.filters.get(facet, frozenset())
    plain = Group(
        name=PARAMETERS[facet],
        legend=str(LEGENDS[facet]),
        choices=tuple(choices),
        folded=facet in FOLDED and not chosen,
    )
    if facet is Facet.GRADE:
        return replace(plain, bands=tuple(_bands(panel))) if choices else plain
    if facet is Facet.MEDIA_COMPETENCE:
        return replace(plain, choices=(), parts=tuple(_areas(choices, panel.wording.language)))
    if facet is Facet.GROUP:
        return replace(plain, choices=panel.tree.choices(choices))
    if facet is Facet.SUBJECT:
        fields = _choices(Facet.CONTENT_FIELD, panel)
        plain = replace(plain, choices=with_content_fields(choices, fields))
    return _with_rest_folded(plain)


def _choices(facet: Facet, panel: Panel) -> list[Choice]:
    chosen = panel.search.filters.get(facet, frozenset())
    name = PARAMETERS[facet]
    answer = panel.findings.answer
    counts: Iterable[tuple[str, int | None]] = answer.facets.get(facet, ())
    if answer.limited:
        counts = [(value, None) for value in _in_order(facet, chosen)]
    choices = [
        Choice(
            f"{name}-{value.replace(' ', '_')}",
            name,
            value,
            panel.wording.of(facet, value),
            count,
            value in chosen,
        )
        for value, count in _ordered(facet, counts)
    ]
    if facet is Facet.AVAILABILITY:
        choices = [*_free_choice(panel), *choices]
    return choices


def _free_choice(panel: Panel) -> Iterator[Choice]:
    findings, search = panel.findings, panel.search
    if findings.free is not None:
        words = _("Free in the period")
        yield Choice("free-1", "free", "1", words, findings.free, search.only_free)


def _ordered(
    facet: Facet, counts: Iterable[tuple[str, int | None]]
) -> list[tuple[str, int | None]]:
    if facet in IN_ORDER:
        return sorted(counts, key=lambda each: int(each[0]))
    if facet in NEWEST_FIRST:
        return sorted(counts, key=lambda each: -int(each[0]))
    if facet is Facet.AVAILABILITY:
        return sorted(counts, key=lambda each: each[0] != Reach.ONLINE)
    return list(counts)


def _in_order(facet: Facet, values: Iterable[str]) -> list[str]:
    return sorted(values, key=int) if facet in IN_ORDER | NEWEST_FIRST else sorted(values)


def _bands(panel: Panel) -> Iterator[Band]:
    """Yield the quick choices of grades; one that is on takes just its grades off again."""
    chosen = {int(grade) for grade in panel.search.filters.get(Facet.GRADE, ())}
    for band in BANDS:
        on = chosen.issuperset(band)
        grades = sorted(chosen - set(band) if on else chosen | set(band))
        yield Band(
            id=f"band-{band[0]}",
            words=f"{grade_label(band[0])}–{grade_label(band[-1])}",
            address=with_values(panel.pairs, Facet.GRADE, map(str, grades)),
            chosen=on,
        )


def _areas(choices: Iterable[Choice], language: str) -> Iterator[Part]:
    """Divide media competences into their areas, in order."""
    found = sorted(choices, key=lambda choice: choice.value)
    for area in competence_areas():
        within = tuple(each for each in found if each.value.startswith(f"{area.code}."))
        if within:
            words = f"{area.code} {area.name(language)}"
            yield Part(f"area-{area.code}", words, within, any(each.chosen for each in within))


def _with_rest_folded(group: Group) -> Group:
    if group.name in {PARAMETERS[facet] for facet in IN_ORDER}:
        return group
    choices = sorted(group.choices, key=lambda choice: not choice.on_path)
    at_hand = max(SHOWN_AT_ONCE, sum(choice.on_path for choice in choices))
    return replace(group, choices=tuple(choices[:at_hand]), more=tuple(choices[at_hand:]))
