"""Defects: reported by schools, handled by staff, seen by both."""

from dataclasses import replace

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.inventory.forms import DecisionForm, DefectFilterForm, DefectForm
from app.inventory.whose import (
    PAGE_SIZE,
    only_school,
    school_or_404,
    tabs_of,
)
from app.inventory.words import DEFECT_TONES
from app.labels import label
from app.paging import asked_page
from app.photos import kept_only_if_done, stored_photo
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.uploads import ImageRefusedError, image_path
from app.visitor import actor
from catalogue.errors import ChangedMeanwhileError
from catalogue.models.defect import DefectKind
from catalogue.operations.handle_defect import handle_defect
from catalogue.operations.report_defect import Photo
from catalogue.queries.defects import (
    DefectFacts,
    defect_within,
    defects_within,
    photo_within,
)
from catalogue.rules.defect_states import STILL_OPEN, defect_number
from database.unit_of_work import unit_of_work
from loans.operations.bring_part import bring_part
from loans.operations.report_device import DeviceReport, report_device
from loans.operations.take_off_shelf import ShelfWish, take_off_shelf
from loans.queries.device_at_hand import DeviceAtHand, device_at_hand
from loans.queries.loans import loans_of_person
from schools.rules.pages import last_page
from schools.rules.roles import Right, Scope

LONGEST_ID = 9


@requires(Right.REPORT_DEFECT)
def defects() -> ResponseReturnValue:
    """List the defects of one's school or centre; teachers see those they reported."""
    scope = _sees()
    school_id = _asked_school() or only_school(actor().scope(Right.SEE_SCHOOL_DEVICES))
    head: dict[str, object] = {}
    if school_id is not None:
        devices = actor().scope(Right.SEE_SCHOOL_DEVICES)
        head = tabs_of(school_or_404(devices, school_id))
    form, page = DefectFilterForm(request.args), asked_page()
    found, total = defects_within(session(), scope, form.wanted(school_id), page, PAGE_SIZE)
    return render_template(
        "inventory/defects.html",
        **head,
        tab="defects",
        form=form,
        defects=found,
        total=total,
        page=page,
        last=last_page(total, PAGE_SIZE),
        tones=DEFECT_TONES,
        handles=actor().may(Right.HANDLE_DEFECTS),
    )


@requires(Right.REPORT_DEFECT)
def defect_new() -> ResponseReturnValue:
    """Ask which device is meant, then what is wrong with it."""
    code = request.args.get("copy", "").strip()
    device = _device(code) if code else None
    if device is None:
        return _ask_for_device(code)
    form = DefectForm(formdata=None, copy=str(device.copy_id))
    form.offer(device)
    return _report_page(form, device)


@requires(Right.REPORT_DEFECT)
def defect_report() -> ResponseReturnValue:
    """Take a report; the photo is drawn anew before the unit of work begins."""
    form = DefectForm()
    device = _device(form.copy.data or "")
    if device is None:
        raise NotFound
    form.offer(device)
    if not form.validate():
        return _report_page(form, device), 422
    try:
        photo = stored_photo(form.photo.data)
    except ImageRefusedError as error:
        form.photo.errors = [label(error.fault)]
        return _report_page(form, device), 422
    with kept_only_if_done(photo) as kept:
        defect_id = _report(form, device, photo, kept)
    flash(_("Thank you. The defect has the number %(number)s.", number=defect_number(defect_id)))
    return redirect(url_for("inventory.defect", defect_id=defect_id), 303)


@requires(Right.REPORT_DEFECT)
def defect(defect_id: int) -> ResponseReturnValue:
    """Show a defect and where it stands; staff decide here."""
    found = _defect_or_404(defect_id)
    form = None
    if _handles(found):
        form = DecisionForm(
            formdata=None, state=found.state.value, answer=found.answer, version=found.version
        )
        form.offer(found)
    return _defect_page(found, form)


@requires(Right.HANDLE_DEFECTS)
def defect_handle(defect_id: int) -> ResponseReturnValue:
    """Take the decision of staff; a second editor is shown what the first one saved."""
    found = _defect_or_404(defect_id)
    if not _handles(found):
        raise NotFound
    form = DecisionForm()
    form.offer(found)
    if not form.validate():
        return _defect_page(found, form), 422
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                _decide(form, found)
                keep_answer({"defect": defect_id})
    except ChangedMeanwhileError:
        current = _defect_or_404(defect_id)
        form.version.data = current.version
        form.offer(current)
        return _defect_page(current, form, changed=True), 409
    flash(_("Saved. Whoever reported it gets a letter."))
    return redirect(url_for("inventory.defect", defect_id=defect_id), 303)


@requires(Right.HANDLE_DEFECTS)
def defect_brought(defect_id: int) -> ResponseReturnValue:
    """Note that the missing part of a defect was brought; its box may be lent again."""
    found = _defect_or_404(defect_id)
    if not _handles(found):
        raise NotFound
    with unit_of_work(session()):
        if earlier_answer() is None:
            bring_part(session(), defect_id, actor(), today(), now())
            keep_answer({"defect": defect_id})
    flash(_("The part is there again; the defect is closed."))
    return redirect(url_for("inventory.defect", defect_id=defect_id), 303)


@requires(Right.REPORT_DEFECT)
def photo(stored_name: str) -> ResponseReturnValue:
    """Give the photo of a defect to those who see the defect, always as a JPEG."""
    found = photo_within(session(), _sees(), stored_name)
    path = image_path(stored_name)
    if found is None or not path.is_file():
        raise NotFound
    answer = send_file(
        path, mimetype=found.media_type, as_attachment=True, download_name=found.stored_name
    )
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _sees() -> Scope:
    """Return whose defects the visitor sees: their school's or centre's, and their own."""
    who = actor()
    return replace(who.scope(Right.SEE_SCHOOL_DEVICES), person_id=who.person_id)


def _asked_school() -> int | None:
    text = request.args.get("school", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None


def _device(code: str) -> DeviceAtHand | None:
    return device_at_hand(session(), actor().scope(Right.REPORT_DEFECT), code)


def _defect_or_404(defect_id: int) -> DefectFacts:
    found = defect_within(session(), _sees(), defect_id)
    if found is None:
        raise NotFound
    return found


def _handles(found: DefectFacts) -> bool:
    return actor().scope(Right.HANDLE_DEFECTS).covers_centre(found.centre_id)


def _ask_for_device(code: str) -> ResponseReturnValue:
    page = render_template(
        "inventory/which_device.html",
        code=code,
        loans=loans_of_person(session(), actor().person_id or 0),
        sees_devices=actor().may(Right.SEE_SCHOOL_DEVICES),
    )
    return page, 404 if code else 200


def _report_page(form: DefectForm, device: DeviceAtHand) -> str:
    return render_template("inventory/report.html", form=form, device=device)


def _defect_page(found: DefectFacts, form: DecisionForm | None, *, changed: bool = False) -> str:
    return render_template(
        "inventory/defect.html",
        defect=found,
        form=form,
        changed=changed,
        tones=DEFECT_TONES,
        can_be_brought=_handles(found) and bool(found.part) and found.state in STILL_OPEN,
    )


def _report(form: DefectForm, device: DeviceAtHand, photo: Photo | None, kept: list[bool]) -> int:
    told = DeviceReport(
        code=device.barcode,
        kind=DefectKind(form.kind.data),
        text=form.text.data or "",
        part_id=form.part_id(),
        photo=photo,
    )
    with unit_of_work(session()):
        earlier = earlier_answer()
        if earlier is not None:
            return int(earlier["defect"])
        made = report_device(session(), told, actor(), now())
        keep_answer({"defect": made.id})
        defect_id = made.id
    kept.append(True)
    return defect_id


def _decide(form: DecisionForm, found: DefectFacts) -> None:
    step = form.step()
    if step is not None:
        reason = defect_number(found.id)
        take_off_shelf(session(), ShelfWish(found.copy_id, step, reason), actor(), now())
    handle_defect(session(), form.decision(found.id), actor(), now())
