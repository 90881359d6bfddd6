"""The packing table: each scan lends a thing and lays it into the box of its stop."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.answers import earlier_answer, invalid, keep_answer, wants_fragment, wants_json
from app.courier.answers import Said, keep_for_next_page, refused
from app.courier.forms import CountForm, HandOverForm, PackForm
from app.courier.reach import lending_scope, tour_in_reach
from app.courier.tour_page import tour_shown
from app.courier.tours import page_of
from app.courier.words import NO_COPY, kept_refusals, said_of_pack
from app.forms import Form
from app.pieces import counted_pieces
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from catalogue.models.copy import Part
from database.unit_of_work import unit_of_work
from loans.operations.count_parts import as_known
from loans.operations.pack import Packed, Packing, add_box, pack
from loans.operations.unpack import unpack
from loans.queries.boxes import Box
from loans.queries.hand_out import parts_of
from loans.queries.prepared import PreparedLine
from loans.queries.scanned import ScannedCopy, scanned
from loans.queries.tours import TourFacts
from loans.rules.desk import Command
from loans.rules.packing import PackNote
from schools.rules.roles import Right

packing = Blueprint("packing", __name__, url_prefix="/tours")


@packing.post("/<int:tour_id>/pack")
@requires(Right.LEND)
def scan(tour_id: int) -> ResponseReturnValue:
    """Pack a scanned copy, or open a scanned box."""
    form = PackForm()
    tour = tour_in_reach(tour_id)
    if not form.validate():
        return _misread(tour, form)
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            answer = _scan(tour, form)
            keep_answer(answer)
    return _answered(tour_id, answer)


@packing.post("/<int:tour_id>/parts")
@requires(Right.LEND)
def count(tour_id: int) -> ResponseReturnValue:
    """Pack a box whose parts were counted."""
    form = CountForm()
    tour = tour_in_reach(tour_id)
    if not form.validate():
        return _misread(tour, form)
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            wish = Packing(tour_id, form.asked.data, form.box.data, counted_pieces())
            answer = _answer(tour, pack(session(), wish, actor(), today(), now()))
            keep_answer(answer)
    return _answered(tour_id, answer)


@packing.post("/<int:tour_id>/stops/<int:stop_id>/boxes")
@requires(Right.LEND)
def another_box(tour_id: int, stop_id: int) -> ResponseReturnValue:
    """Put another box up for a stop; it stands open from then on."""
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            box = add_box(session(), (tour_id, stop_id), actor(), now())
            answer = {"box": box.id}
            keep_answer(answer)
    return redirect(url_for("tours.tour", tour_id=tour_id, box=answer["box"]), 303)


@packing.post("/<int:tour_id>/loads/<int:load_id>/back")
@requires(Right.LEND)
def take_out(tour_id: int, load_id: int) -> ResponseReturnValue:
    """Take a thing out of its box again."""
    with unit_of_work(session()):
        if earlier_answer() is None:
            copy = unpack(session(), load_id, actor(), now())
            keep_answer({"copy": copy.barcode})
    flash(_("Taken out. It is not lent and lies ready for its booking."), "success")
    return redirect(f"/tours/{tour_id}", 303)


def _scan(tour: TourFacts, form: PackForm) -> dict[str, Any]:
    code, centre_id = form.code.data, tour.head.centre_id
    found = scanned(session(), lending_scope(), centre_id, code)
    match found:
        case ScannedCopy():
            wish = Packing(tour.head.id, found.id, form.box.data)
        case Box():
            return _box_answer(tour, found)
        case Command.YES if form.asked.data is not None:
            pieces = as_known(parts_of(session(), form.asked.data))
            wish = Packing(tour.head.id, form.asked.data, form.box.data, pieces)
        case _:
            note = "unknown" if found is None else NO_COPY
            return {"note": note, "code": code, "tour": tour.head.id, "box_id": form.box.data}
    return _answer(tour, pack(session(), wish, actor(), today(), now()), form.box.data)


def _box_answer(tour: TourFacts, box: Box) -> dict[str, Any]:
    mine = box.tour_id == tour.head.id
    return {
        "note": (PackNote.BOX if mine else PackNote.OTHER_TOUR).value,
        "tour": tour.head.id,
        "code": box.number,
        "title": box.number,
        "box": box.number,
        "box_id": box.id if mine else None,
        "route": box.route,
        "day": box.day.isoformat(),
        "place": box.place,
    }


def _answer(tour: TourFacts, done: Packed, box_id: int | None = None) -> dict[str, Any]:
    """Return plain values for the sentence of a packing scan."""
    answer: dict[str, Any] = {
        "note": done.note.value,
        "tour": tour.head.id,
        "code": done.copy.barcode,
        "title": done.copy.holding.title.name,
        "box_id": box_id,
        "refusals": kept_refusals(done.refused),
    }
    if done.note is PackNote.PARTS:
        answer["asked"] = {
            "copy_id": done.copy.id,
            "title": answer["title"],
            "parts": [_part(part) for part in done.parts],
        }
    if done.load is not None:
        answer |= _where(done)
    if done.line is not None:
        answer |= _elsewhere(done.line)
    return answer


def _where(done: Packed) -> dict[str, Any]:
    box = done.load.box if done.load is not None else None
    if box is None:
        return {}
    tour = box.stop.tour
    return {
        "box": box.number,
        "box_id": box.id,
        "place": box.stop.place.name,
        "route": tour.route.name,
        "day": tour.day.isoformat(),
    }


def _elsewhere(line: PreparedLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "place": line.place.name,
        "route": "" if line.place.courier is None else line.place.courier.name,
        "day": line.prepared_on.isoformat(),
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "id": part.id,
        "name": part.name,
        "count": part.count,
        "there": part.count - part.missing,
        "critical": part.critical,
    }


def _answered(tour_id: int, answer: Mapping[str, Any]) -> ResponseReturnValue:
    said = said_of_pack(answer)
    if wants_json():
        return jsonify(dict(answer) | {"sentence": said.sentence}), said.status
    if not wants_fragment() and "asked" not in answer:
        keep_for_next_page(answer)
        return redirect(f"/tours/{tour_id}", 303)
    return _shown(tour_in_reach(tour_id), said, answer)


def _shown(
    tour: TourFacts, said: Said, answer: Mapping[str, Any], status: int = 200
) -> ResponseReturnValue:
    shown = tour_shown(tour, box_id=answer.get("box_id"), asked=answer.get("asked"), said=said)
    if wants_fragment():
        return render_template("courier/tour_part.html", shown=shown, tour=tour), status
    return page_of(shown, HandOverForm(formdata=None), status)


def _misread(tour: TourFacts, form: Form) -> ResponseReturnValue:
    if wants_json():
        return invalid(form)
    fault = next(iter(form.sentences().values()))
    return _shown(tour, refused("", fault, 422), {}, 422)
