"""The office's terms of lending: the table of rows, from the general to the particular."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.office.pages import named_among
from app.office.terms_words import for_whom, row_name, summary
from app.security import requires
from app.sessions import session
from app.visitor import actor
from loans.queries.terms import terms_rows
from loans.rules.terms import VALUE_NAMES, TermsKey, TermsRow
from schools.models.media_centre import MediaCentre
from schools.queries.centres import centres_within
from schools.rules.roles import Right, Scope

terms = Blueprint("office_terms", __name__, url_prefix="/office/terms")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table, ready for the page.

    Attributes:
        id: of the row.
        name: what it holds for.
        whom: the same without the centre, whose heading stands above.
        values: name and words of those that are set.
        editable: this visitor may change it.
        key: for links to the page that explains.
    """

    id: int
    name: str
    whom: str
    values: list[tuple[str, str]]
    editable: bool
    key: TermsKey


@dataclass(frozen=True, slots=True)
class Centres:
    """The centres a visitor may read the terms of, and the one this page is about."""

    offered: tuple[MediaCentre, ...]
    chosen: MediaCentre | None

    @property
    def chosen_id(self) -> int | None:
        """Its key; None where there is no centre yet."""
        return None if self.chosen is None else self.chosen.id

    @property
    def names(self) -> dict[int, str]:
        """Names by key."""
        return {each.id: each.name for each in self.offered}


def centres_in_reach() -> Centres:
    """Return the centres whose terms the visitor may read, and the one `?centre=` names.

    Raises:
        NotFound: the one it names is not within reach.
    """
    offered = tuple(centres_within(session(), actor().scope(Right.SEE_TERMS)))
    return Centres(offered, named_among(offered, "centre"))


@terms.get("")
@requires(Right.SEE_TERMS)
def table() -> ResponseReturnValue:
    """Show the rows of a centre, and those of the whole installation."""
    centres = centres_in_reach()
    rows = rows_at(centres.chosen_id)
    lines = [line_of(row, centres.names) for row in sorted(rows, key=_order)]
    return render_template(
        "office/terms.html",
        centres=centres,
        own=[each for each in lines if each.key.centre_id is not None],
        everywhere=[each for each in lines if each.key.centre_id is None],
        edits=actor().may(Right.MANAGE_CENTRE),
        edits_everywhere=editing_reach().everything,
    )


def rows_at(centre_id: int | None) -> tuple[TermsRow, ...]:
    """Return the rows that hold at a centre, and those that hold everywhere."""
    return terms_rows(session(), () if centre_id is None else (centre_id,))


def editing_reach() -> Scope:
    """Return how far the visitor's right to edit terms reaches."""
    return actor().scope(Right.MANAGE_CENTRE)


def line_of(row: TermsRow, centres: Mapping[int, str]) -> Line:
    """Return a row as the table shows it, given the centres' names."""
    return Line(
        id=row.id,
        name=row_name(row.key, centres),
        whom=for_whom(row.key),
        values=summary((name, getattr(row.values, name)) for name in VALUE_NAMES),
        editable=editing_reach().covers_centre(row.key.centre_id),
        key=row.key,
    )


def _order(row: TermsRow) -> tuple[object, ...]:
    """From the general to the particular, as inheriting reads."""
    return (row.key.rank, row.key.customer_class or "", row.key.media_category or "", row.id)
