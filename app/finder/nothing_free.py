"""What can be done where a title cannot be had in the days wished for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from app.dates import language
from app.finder.addresses import Pairs, period_pairs, title_address, with_period
from app.finder.hits import open_address
from app.refusals import sentences
from app.reserving import ReservePanel
from app.search import Search
from app.sessions import session
from app.today import today
from catalogue.queries.found_titles import FoundTitle
from catalogue.queries.title_page import TitlePage
from loans.queries.availability import availability
from loans.rules.availability import Wish, check_wish
from loans.rules.free_periods import next_free
from schools.models.curriculum import Scheme
from schools.rules.periods import Period
from schools.vocabularies.media_types import media_type

MOST_OTHERS = 4


@dataclass(frozen=True, slots=True)
class OtherTitle:
    """A title like it that can be had; `opens` is its address where it is an online medium."""

    name: str
    kind: str
    kind_name: str
    address: str
    opens: str | None


@dataclass(frozen=True, slots=True)
class NothingFree:
    """Why a wish cannot be had, and every way out, the quickest first.

    Attributes:
        period: that was wished for.
        why: sentences.
        instead: the next days on which it can be had; None within a year.
        instead_address: of the same page with these days.
        hold_address: where one waits for it.
        others: online media first, then what is free in the days wished for.
    """

    period: Period
    why: tuple[str, ...]
    instead: Period | None
    instead_address: str
    hold_address: str
    others: tuple[OtherTitle, ...]


def nothing_free(
    panel: ReservePanel,
    page: TitlePage,
    search: Search,
    pairs: Pairs,
    alike: Sequence[FoundTitle],
) -> NothingFree | None:
    """Return the ways out; None if the wish can be had, or nothing was wished and some day can.

    Args:
        panel: of the title.
        page: the title with its subjects and the units that plan with it.
        search: what the visitor looks for.
        pairs: of the address.
        alike: titles like it, likest first; which of them are free takes three statements.

    Source:
        docs/rules.md, Lending 5.2.
    """
    wish = search.wish(today())
    instead = next_free(panel.found, wish)
    refused = check_wish(panel.found, wish)
    if not refused or (search.period is None and instead is not None):
        return None
    thing = panel.thing
    asked = period_pairs(wish.period, wish.quantity)
    return NothingFree(
        period=wish.period,
        why=tuple(sentences(refused)),
        instead=instead,
        instead_address=title_address(
            thing.title_id, with_period(pairs, instead), anchor="#reservieren"
        ),
        hold_address=f"/holds/new?{urlencode([('holding', thing.holding_id), *asked])}",
        others=_others(panel, wish, asked, list(_of_its_kind(page, alike))),
    )


def _of_its_kind(page: TitlePage, alike: Iterable[FoundTitle]) -> Iterator[FoundTitle]:
    """Go through titles for the same unit or subject; words alone make nothing stand in."""
    subjects = page.codes_of(Scheme.SUBJECT)
    units = {plan.unit_id for plan in page.plans}
    for title in alike:
        planned = units & {plan.unit_id for plan in title.plans}
        if planned or not set(title.subjects).isdisjoint(subjects):
            yield title


def _others(
    panel: ReservePanel, wish: Wish, asked: Pairs, alike: Sequence[FoundTitle]
) -> tuple[OtherTitle, ...]:
    opens = {each.id: open_address(each.online_url, each.online_terms, today()) for each in alike}
    online = [_other(each, opens[each.id], []) for each in alike if opens[each.id]]
    lent = [_other(each, None, asked) for each in _free(panel, wish, alike) if not opens[each.id]]
    return (*online, *lent)[:MOST_OTHERS]


def _free(panel: ReservePanel, wish: Wish, alike: Iterable[FoundTitle]) -> Iterator[FoundTitle]:
    """Go through titles that the same centre can give in the days wished for; three statements."""
    holdings = {
        offer.holding_id: title
        for title in alike
        for offer in title.offers
        if offer.centre_id == panel.thing.centre_id
    }
    found = availability(session(), panel.view, set(holdings), panel.found.period)
    for holding_id, title in holdings.items():
        here = found.get(holding_id)
        if here is not None and not check_wish(here, wish):
            yield title


def _other(title: FoundTitle, opens: str | None, pairs: Pairs) -> OtherTitle:
    kind = media_type(title.media_type)
    return OtherTitle(
        title.name, kind.kind.value, kind.name(language()), title_address(title.id, pairs), opens
    )
