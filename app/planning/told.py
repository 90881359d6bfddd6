"""What the pages of planning have in common: years, places, and what became of a booking."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.answers import refused as refused_json
from app.planning.asked import Asked, chosen_lines, years
from app.planning.plan import Booked, Reading
from app.planning.rows import personal_sentences, refused_words
from app.refusals import coded
from app.reserving_choices import place_words
from loans.queries.plan_wishes import ChosenLine
from loans.queries.preview import WishAnswer


@dataclass(frozen=True, slots=True)
class Outcome:
    """Why a form is shown again.

    Attributes:
        refused: bookings that were refused; then nothing was booked.
        nothing_chosen: no medium was chosen.
    """

    refused: tuple[WishAnswer, ...] = ()
    nothing_chosen: bool = False

    @property
    def status(self) -> int:
        """Of the answer."""
        if self.nothing_chosen:
            return 422
        return 409 if self.refused else 200

    def posted(self) -> Sequence[ChosenLine] | None:
        """Return what the form chose; None where it is shown for the first time."""
        return chosen_lines() if self.refused else None


SHOWN_FIRST = Outcome()


def outcome_of(booked: Booked | None) -> Outcome | None:
    """Return why the form must be shown again; None if something came of it."""
    if booked is None:
        return Outcome(nothing_chosen=True)
    if booked.refused and not booked.numbers:
        return Outcome(refused=booked.refused)
    return None


def outcome_json(outcome: Outcome) -> ResponseReturnValue:
    """Return the same for programs."""
    if outcome.nothing_chosen:
        return {"errors": {"lines": _("Choose at least one medium.")}}, 422
    return refused_json(coded(each for answer in outcome.refused for each in answer.refusals))


def common(reading: Reading, asked: Asked, outcome: Outcome) -> dict[str, Any]:
    """Return what both pages show."""
    view = reading.view
    return {
        "year": asked.year,
        "years": years(),
        "places": [(each.id, place_words(each)) for each in view.places],
        "place_id": view.place.id,
        "blocked": personal_sentences(reading.answers),
        "outcome": outcome,
        "refused": refused_words(outcome.refused, reading.plan),
        "can_book": any(line.verdict.offers for _unit, line in reading.plan.lines),
    }


def tell(booked: Booked, reading: Reading) -> None:
    """Say how much was reserved, and what was not."""
    if booked.numbers:
        said = ngettext(
            "%(num)s booking is made. A letter with all of it is on its way to you.",
            "%(num)s bookings are made. A letter with all of them is on its way to you.",
            len(booked.numbers),
        )
        flash(said, "success")
    elif not booked.refused:
        flash(_("Nothing was missing any more; nothing is reserved twice."), "success")
    reasons = refused_words(booked.refused, reading.plan)
    if reasons:
        flash(" ".join([_("Not reserved:"), *reasons]), "warning")
