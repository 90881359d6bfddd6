"""Titles on offer that could stand in for others: of one media type, for the same teaching."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.queries.availability import seen, seen_values
from loans.queries.viewpoint import Viewpoint
from schools.models.curriculum import Scheme

MOST_STAND_INS = 5
"""Looked at for each title; those that are free are offered."""

SAME_TEACHING = (Scheme.SUBJECT, Scheme.CONTENT_FIELD)


def stand_ins(
    session: Session, view: Viewpoint, title_ids: Collection[int]
) -> Mapping[int, Sequence[int]]:
    """Return by title the holdings of the centre that could stand in for it, likest first.

    They are of the same media type, meant for a grade of the title's, and share a subject or
    content field; the more they share, the liker they are. One statement.

    Source:
        docs/rules.md, Lending 6.2: a similar set.
    """
    if not title_ids:
        return {}
    asked = seen_values(view) | {"title_ids": list(title_ids), "most": MOST_STAND_INS}
    found: dict[int, list[int]] = defaultdict(list)
    for title_id, holding_id in session.execute(_likest(), asked):
        found[title_id].append(holding_id)
    return found


@cache
def _likest() -> Select[*tuple[Any, ...]]:
    """Build the statement once: building it costs more than asking."""
    shared = _shared().subquery()
    place = func.row_number().over(
        partition_by=shared.c.title_id, order_by=(shared.c.common.desc(), shared.c.holding_id)
    )
    ranked = select(shared.c.title_id, shared.c.holding_id, place.label("place")).subquery()
    return (
        select(ranked.c.title_id, ranked.c.holding_id)
        .where(ranked.c.place <= bindparam("most", type_=Integer()))
        .order_by(ranked.c.title_id, ranked.c.place)
    )


def _shared() -> Select[*tuple[Any, ...]]:
    own, other = aliased(CurriculumLink), aliased(CurriculumLink)
    mine, like = aliased(Title), aliased(Title)
    return (
        select(
            own.title_id.label("title_id"),
            Holding.id.label("holding_id"),
            func.count().label("common"),
        )
        .join(mine, mine.id == own.title_id)
        .join(other, (other.scheme == own.scheme) & (other.code == own.code))
        .join(like, like.id == other.title_id)
        .join(Holding, Holding.title_id == like.id)
        .where(own.title_id.in_(bindparam("title_ids", expanding=True)))
        .where(own.scheme.in_(SAME_TEACHING), like.id != mine.id)
        .where(like.media_type == mine.media_type, like.withdrawn_at.is_(None))
        .where(or_(like.grade_from.is_(None), mine.grade_to.is_(None), _begins(like, mine)))
        .where(or_(like.grade_to.is_(None), mine.grade_from.is_(None), _begins(mine, like)))
        .where(seen(), Holding.lendable > 0)
        .group_by(own.title_id, Holding.id)
    )


def _begins(one: Any, other: Any) -> Any:  # noqa: ANN401  # aliases of Title
    """Return the condition that one title's grades begin before the other's end."""
    return one.grade_from <= other.grade_to
