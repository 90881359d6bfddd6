"""Which titles show in some centres' catalogues, and which of them are new."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.models.licence import Licence
from catalogue.models.title import Title
from catalogue.rules.showing import OnlineReach, shows_online
from database.types import UtcDateTime
from schools.queries.open_centres import Centre
from schools.rules.roles import Scope
from schools.vocabularies.media_types import media_types

MOST_NEW_TITLES = 1000
"""No further back are new titles told; after an import there may be tens of thousands."""

TITLES: BindParameter[int] = bindparam("title_ids", expanding=True)
CENTRES: BindParameter[int] = bindparam("centre_ids", expanding=True)
HIDDEN_AT: BindParameter[int] = bindparam("hidden_at", expanding=True)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A title that may show; `held` if one of the centres offers it."""

    id: int
    keeper_id: int | None
    held: bool
    opened: bool


def shown_titles(
    session: Session, scope: Scope, centres: Collection[Centre], title_ids: Collection[int]
) -> frozenset[int]:
    """Return those of some titles that show in the catalogue of one of `centres`.

    What its page shows to staff alone counts for them too: hidden offers within the scope and
    titles its centres keep; withdrawn titles never. Two statements, or none for no titles.

    Source:
        docs/rules.md, Lending 2.5.
    """
    if not title_ids:
        return frozenset()
    asked = _asked(scope, centres) | {"title_ids": list(title_ids)}
    rows = session.execute(_candidates().where(Title.id.in_(TITLES)), asked)
    return frozenset(_shown(session, scope, centres, [_Candidate(*row) for row in rows]))


def new_titles(
    session: Session, scope: Scope, centres: Collection[Centre], since: datetime, until: datetime
) -> tuple[int, ...]:
    """Return titles described after `since` and up to `until`, the newest first.

    Of more than `MOST_NEW_TITLES` the newest, whatever other centres took in meanwhile; two
    statements. Both instants are aware.
    """
    asked = _asked(scope, centres) | {
        "since": since,
        "until": until,
        "everything": scope.everything,
    }
    rows = session.execute(_newest(), asked)
    return tuple(_shown(session, scope, centres, [_Candidate(*row) for row in rows]))


def _asked(scope: Scope, centres: Collection[Centre]) -> dict[str, Any]:
    centre_ids = [centre.id for centre in centres]
    hidden_at = centre_ids if scope.everything else list(scope.centre_ids)
    return {"centre_ids": centre_ids, "hidden_at": hidden_at}


@cache
def _candidates() -> Select[*tuple[Any, ...]]:
    """Build the statement once: building it costs more than asking."""
    return select(
        Title.id, Title.keeper_id, _held().label("held"), _opened().label("opened")
    ).where(Title.withdrawn_at.is_(None))


def _held() -> ColumnElement[bool]:
    return exists().where(
        Holding.title_id == Title.id,
        Holding.centre_id.in_(CENTRES),
        or_(Holding.visible, Holding.centre_id.in_(HIDDEN_AT)),
    )


def _opened() -> ColumnElement[bool]:
    online_types = [each.code for each in media_types() if each.online]
    return or_(Title.online_url.is_not(None), Title.media_type.in_(online_types))


def _may_open() -> ColumnElement[bool]:
    """Leave out what opens at other centres only; districts are looked at later (`_opens`)."""
    licensed = exists().where(Licence.title_id == Title.id, Licence.online)
    reaches = licensed.where(or_(Licence.centre_id.is_(None), Licence.centre_id.in_(CENTRES)))
    kept_here = or_(Title.keeper_id.is_(None), Title.keeper_id.in_(CENTRES))
    return and_(_opened(), or_(reaches, and_(~licensed, kept_here)))


def _kept() -> ColumnElement[bool]:
    everything = bindparam("everything", type_=Boolean())
    return or_(Title.keeper_id.in_(HIDDEN_AT), and_(everything, Title.keeper_id.is_not(None)))


@cache
def _newest() -> Select[*tuple[Any, ...]]:
    since, until = (bindparam(name, type_=UtcDateTime()) for name in ("since", "until"))
    return (
        _candidates()
        .where(Title.created_at > since, Title.created_at <= until)
        .where(or_(_held(), _kept(), _may_open()))
        .order_by(Title.created_at.desc(), Title.id.desc())
        .limit(MOST_NEW_TITLES)
    )


def _shown(
    session: Session, scope: Scope, centres: Collection[Centre], candidates: Sequence[_Candidate]
) -> Iterable[int]:
    """Yield the titles that show, in the order of the candidates."""
    asked = [each.id for each in candidates if each.opened and not each.held]
    reaches = _online_reaches(session, asked)
    for each in candidates:
        kept = each.keeper_id is not None and scope.covers_centre(each.keeper_id)
        if each.held or kept or (each.opened and _opens(each, reaches, centres)):
            yield each.id


def _opens(
    each: _Candidate, reaches: Mapping[int, list[OnlineReach]], centres: Iterable[Centre]
) -> bool:
    return any(
        shows_online(reaches.get(each.id, ()), each.keeper_id, centre.id, centre.district)
        for centre in centres
    )


def _online_reaches(session: Session, title_ids: Sequence[int]) -> dict[int, list[OnlineReach]]:
    found: defaultdict[int, list[OnlineReach]] = defaultdict(list)
    for title_id, centre_id, scope, area in session.execute(
        _online_licences(), {"title_ids": title_ids}
    ):
        found[title_id].append(OnlineReach(centre_id, scope, tuple(map(str, area))))
    return found


@cache
def _online_licences() -> Select[*tuple[Any, ...]]:
    return (
        select(Licence.title_id, Licence.centre_id, Licence.scope, Licence.area)
        .where(Licence.title_id.in_(TITLES), Licence.online)
        .order_by(Licence.id)
    )
