"""Hits as the search page shows them, and as JSON says them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.dates import day as day_words
from app.facet_words import words_for
from app.finder.addresses import Pairs, title_address, with_period
from app.finder.free_words import Badge, Outlook, badge, online_badge, outlook, strip_markup
from app.search import Hit, Search, strip_start
from catalogue.queries.found_titles import FoundTitle, OnlineTerm
from schools.rules.grades import grades_text
from schools.rules.periods import Period
from schools.vocabularies.age_ratings import age_rating
from schools.vocabularies.media_types import MediaCategory, MediaType, media_type
from search_index.engine import Facet

RESERVE = "#reservieren"
MOST_SUBJECTS = 3
MOST_COMPETENCES = 2
PIECES_COUNT = {MediaCategory.EQUIPMENT, MediaCategory.BOX}


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done with a hit; `later` is the day it could be had instead, in words."""

    address: str
    later: str = ""


@dataclass(frozen=True, slots=True)
class ToBasket:
    """What the button beside a hit puts into the basket."""

    holding_id: int
    period: Period
    quantity: int


@dataclass(frozen=True, slots=True)
class Tag:
    """What a medium is good for: bold words, with what stands before or after them."""

    bold: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class HitRow:
    """A hit with everything its template needs.

    Attributes:
        facts: the second line.
        opens: address of the online medium, if it may be opened.
        reserve: the way to a reservation, if there is one.
        basket: what goes into the basket at once, for those who have one.
    """

    id: int
    name: str
    address: str
    kind: str
    cover: str | None
    facts: str
    tags: tuple[Tag, ...]
    badge: Badge | None
    strip: Markup | None
    opens: str | None
    reserve: Action | None
    basket: ToBasket | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What all hits of a page have in common.

    Attributes:
        pairs: what the search's address says, carried on to each title.
        may_reserve: whether this reader is offered the way to a reservation.
        own_centres: those whose media this reader has a basket for.
    """

    search: Search
    pairs: Pairs
    language: str
    today: date
    may_reserve: bool
    own_centres: frozenset[int] = frozenset()


def hit_row(hit: Hit, shown: Shown) -> HitRow:
    """Return a hit as the page shows it."""
    title, search = hit.title, shown.search
    kind = media_type(title.media_type)
    opens = open_address(title.online_url, title.online_terms, shown.today)
    row_badge = online_badge(open_now=opens is not None) if kind.online or opens else None
    strip, reserve, basket = None, None, None
    if hit.availability is not None:
        seen = outlook_of(hit, search, shown.today)
        row_badge = badge(seen)
        start = strip_start(search.period, shown.today)
        strip = strip_markup(hit.availability, start, search.period, search.quantity)
        reserve = _reserve(title.id, seen, shown) if shown.may_reserve else None
        basket = _basket(hit, seen, shown)
    return HitRow(
        id=title.id,
        name=f"{title.name}: {title.subtitle}" if title.subtitle else title.name,
        address=title_address(title.id, shown.pairs),
        kind=kind.kind.value,
        cover=title.cover,
        facts=_facts(hit, kind, shown),
        tags=_tags(title, shown),
        badge=row_badge,
        strip=strip,
        opens=opens,
        reserve=reserve,
        basket=basket,
    )


def hit_values(hit: Hit, shown: Shown) -> dict[str, Any]:
    """Return a hit as JSON says it; `free` is never below 0, and None for what is only online."""
    title, found = hit.title, hit.availability
    values: dict[str, Any] = {
        "id": title.id,
        "name": title.name,
        "subtitle": title.subtitle,
        "media_type": title.media_type,
        "year": title.year,
        "grade_from": title.grade_from,
        "grade_to": title.grade_to,
        "subjects": list(title.subjects),
        "media_competences": list(title.media_competences),
        "url": title_address(title.id, []),
        "online_url": open_address(title.online_url, title.online_terms, shown.today),
        "free": None,
        "availability": None,
    }
    if found is not None:
        seen = outlook_of(hit, shown.search, shown.today)
        values["free"] = seen.free
        values["availability"] = {"holding": found.holding_id} | outlook_values(seen)
    return values


def outlook_of(hit: Hit, search: Search, today: date) -> Outlook:
    """Return what can be had of a hit that has availability."""
    if hit.availability is None:
        raise ValueError(f"title {hit.title.id} is not lent here")
    return outlook(hit.availability, search.wish(today), wished=search.period is not None)


def outlook_values(seen: Outlook) -> dict[str, Any]:
    """Return what can be had as JSON says it."""
    later = seen.instead if seen.wished else seen.period
    return {
        "capacity": seen.capacity,
        "free": seen.free,
        "possible": seen.possible,
        "next_free": None
        if later is None
        else {"from": later.first.isoformat(), "until": later.last.isoformat()},
    }


def open_address(online_url: str | None, terms: tuple[OnlineTerm, ...], today: date) -> str | None:
    """Return where an online medium opens, if a licence still holds or none is needed."""
    return online_url if not terms or any(each.holds(today) for each in terms) else None


def grades_words(first: int | None, last: int | None) -> str:
    """Return the grades a title suits, “5–8”; empty if it suits all."""
    if first is None or last is None:
        return ""
    return grades_text(tuple(range(first, last + 1))).replace("-", "–")


def _reserve(title_id: int, seen: Outlook, shown: Shown) -> Action | None:
    if seen.possible:
        return Action(title_address(title_id, shown.pairs, anchor=RESERVE))
    if seen.instead is None:
        return None
    pairs = with_period(shown.pairs, seen.instead)
    return Action(
        title_address(title_id, pairs, anchor=RESERVE), day_words(seen.instead.first, "short")
    )


def _basket(hit: Hit, seen: Outlook, shown: Shown) -> ToBasket | None:
    """Return what the basket takes: as wished where that goes, else the next days that would."""
    offer = hit.title.offers[0]
    period = seen.period if seen.possible else seen.instead
    if period is None or offer.centre_id not in shown.own_centres:
        return None
    return ToBasket(offer.holding_id, period, shown.search.quantity)


def _facts(hit: Hit, kind: MediaType, shown: Shown) -> str:
    title = hit.title
    facts = [kind.name(shown.language)]
    if title.duration_minutes:
        facts.append(_("%(minutes)s min", minutes=title.duration_minutes))
    if kind.category in PIECES_COUNT and hit.availability is not None:
        pieces = hit.availability.capacity
        facts.append(ngettext("%(num)s piece", "%(num)s pieces", pieces))
    if title.year:
        facts.append(str(title.year))
    if title.age_rating:
        facts.append(age_rating(title.age_rating).short_name)
    if hit.availability is not None and title.online_url:
        facts.append(_("also online"))
    until = _licensed_until(title.online_terms, shown.today)
    if until is not None and hit.availability is None:
        facts.append(_("licence until %(day)s", day=day_words(until)))
    return " · ".join(facts)


def _licensed_until(terms: tuple[OnlineTerm, ...], today: date) -> date | None:
    """Return the last day of the online licences that hold today; None without end or licence."""
    lasts = [each.last for each in terms if each.holds(today)]
    return None if not lasts or None in lasts else max(filter(None, lasts))


def _tags(title: FoundTitle, shown: Shown) -> tuple[Tag, ...]:
    grades = grades_words(title.grade_from, title.grade_to)
    tags = [
        Tag(words_for(Facet.SUBJECT, code, shown.language))
        for code in title.subjects[:MOST_SUBJECTS]
    ]
    if tags:
        tags[0] = replace(tags[0], after=grades)
    elif grades:
        tags = [Tag("", after=_("Grade %(grade)s", grade=grades))]
    wanted = shown.search.filters.get(Facet.GRADE, frozenset())
    plans = sorted(title.plans, key=lambda plan: str(plan.grade) not in wanted)
    tags += [Tag(plan.name, before=plan.number) for plan in plans[:1]]
    tags += [Tag("", after=f"MKR {code}") for code in title.media_competences[:MOST_COMPETENCES]]
    return tuple(tags)
