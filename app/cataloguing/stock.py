"""What a centre has of a title: its offer, new copies, licences, the cover."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from app.answers import earlier_answer, keep_answer
from app.cataloguing.overview import (
    Forms,
    offer_edition,
    overview_page,
    own_holding,
    own_title,
)
from app.cataloguing.reach import working_centre, working_scope
from app.cataloguing.stock_forms import (
    CoverForm,
    EndLicenceForm,
    LicenceForm,
    NewCopiesForm,
    OfferForm,
)
from app.labels import label
from app.meanwhile import meanwhile
from app.security import requires
from app.sessions import session
from app.today import now
from app.uploads import ImageRefusedError, discard_image, store_image
from app.visitor import actor
from catalogue.errors import ActRefusedError, ChangedMeanwhileError, InvalidError
from catalogue.models.licence import Licence
from catalogue.operations.acquire import add_copies
from catalogue.operations.license import add_licence, end_licence
from catalogue.operations.offer import change_offer
from catalogue.operations.set_cover import CoverFacts, set_cover
from catalogue.queries.stock_lists import branches_of
from database.unit_of_work import unit_of_work
from loans.operations.book_by import book_by
from schools.rules.roles import Right

stock = Blueprint("stock", __name__, url_prefix="/catalogue")


@stock.post("/titles/<int:title_id>/offer")
@requires(Right.CATALOGUE)
def save_offer(title_id: int) -> ResponseReturnValue:
    """Take over shelf mark, note, visibility and how it is booked."""
    form, holding_id = OfferForm(), own_holding(title_id).id
    if not form.validate():
        return overview_page(title_id, Forms(offer=form), 422)
    wished = (form.offering(), form.edition.data)
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                change_offer(session(), holding_id, wished, actor(), now())
                if (way := form.way_to_book()) is not None:
                    book_by(session(), holding_id, way, actor(), now())
                keep_answer({"title": title_id})
    except ChangedMeanwhileError as error:
        return _offer_changed(error, form, title_id)
    except ActRefusedError as error:
        form.booked_by.errors = [label(reason) for reason in error.reasons]
        return overview_page(title_id, Forms(offer=form), 409)
    flash(_("The offer is saved."), "success")
    return _back(title_id)


@stock.post("/titles/<int:title_id>/copies")
@requires(Right.CATALOGUE)
def new_copies(title_id: int) -> ResponseReturnValue:
    """Put copies on the shelf."""
    holding_id = own_holding(title_id).id
    form = NewCopiesForm(branches_of(session(), working_scope(), working_centre()))
    if not form.validate():
        return overview_page(title_id, Forms(copies=form), 422)
    wish = form.wish(holding_id)
    try:
        with unit_of_work(session()):
            answer = earlier_answer()
            if answer is None:
                copies = add_copies(session(), wish, actor(), now())
                answer = {"barcodes": [copy.barcode for copy in copies]}
                keep_answer(answer)
    except InvalidError as error:
        for name, fault in error.faults.items():
            form[name].errors = [label(fault)]
        return overview_page(title_id, Forms(copies=form), 422)
    except ActRefusedError as error:
        form.form_errors = [label(reason) for reason in error.reasons]
        return overview_page(title_id, Forms(copies=form), 409)
    flash(_added(answer["barcodes"]), "success")
    return _back(title_id)


@stock.post("/titles/<int:title_id>/licences")
@requires(Right.CATALOGUE)
def new_licence(title_id: int) -> ResponseReturnValue:
    """Give the title a licence of our centre."""
    own_title(title_id)
    form, target = LicenceForm(), (title_id, working_centre())
    if not form.validate():
        return overview_page(title_id, Forms(licence=form), 422)
    facts = form.facts()
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                add_licence(session(), target, facts, actor(), now())
                keep_answer({"title": title_id})
    except InvalidError as error:
        for name, fault in error.faults.items():
            form[name].errors = [label(fault)]
        return overview_page(title_id, Forms(licence=form), 422)
    flash(_("The licence is added."), "success")
    return _back(title_id)


@stock.post("/licences/<int:licence_id>/end")
@requires(Right.CATALOGUE)
def let_licence_end(licence_id: int) -> ResponseReturnValue:
    """Set the last day of one of our licences."""
    title_id, form = _title_of_licence(licence_id), EndLicenceForm()
    if not form.validate():
        return overview_page(title_id, Forms(end_licence=form), 422)
    last = form.valid_until.data
    try:
        with unit_of_work(session()):
            if earlier_answer() is None:
                end_licence(session(), licence_id, last, actor(), now())
                keep_answer({"title": title_id})
    except InvalidError as error:
        form.valid_until.errors = [label(fault) for fault in error.faults.values()]
        return overview_page(title_id, Forms(end_licence=form), 422)
    flash(_("The last day of the licence is set."), "success")
    return _back(title_id)


@stock.post("/titles/<int:title_id>/cover")
@requires(Right.CATALOGUE)
def save_cover(title_id: int) -> ResponseReturnValue:
    """Show another picture with the title."""
    own_title(title_id)
    form = CoverForm()
    sent = request.files.get("picture")
    try:
        if sent is None or not sent.filename or not form.validate():
            form.picture.errors = [_("Choose a picture first.")]
            return overview_page(title_id, Forms(cover=form), 422)
        picture = store_image(sent.stream)
    except ImageRefusedError as error:
        form.picture.errors = [label(error.fault)]
        return overview_page(title_id, Forms(cover=form), 422)
    facts = CoverFacts(**{name: getattr(picture, name) for name in CoverFacts.__slots__})
    try:
        old = _set_cover(title_id, facts)
    except BaseException:
        discard_image(picture.stored_name)
        raise
    if old is not None:
        discard_image(old)
    flash(_("The picture is saved."), "success")
    return _back(title_id)


@stock.post("/titles/<int:title_id>/cover/remove")
@requires(Right.CATALOGUE)
def remove_cover(title_id: int) -> ResponseReturnValue:
    """Show no picture with the title."""
    old = _set_cover(title_id, None)
    if old is not None:
        discard_image(old)
    flash(_("The picture is removed."), "success")
    return _back(title_id)


def _set_cover(title_id: int, facts: CoverFacts | None) -> str | None:
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is not None:
            return facts.stored_name if facts else None
        old = set_cover(session(), title_id, facts, actor(), now())
        keep_answer({"title": title_id})
    return old


def _offer_changed(
    error: ChangedMeanwhileError, form: OfferForm, title_id: int
) -> ResponseReturnValue:
    holding = own_holding(title_id)
    stored = {name: getattr(holding, name) for name in ("shelf_mark", "local_note", "visible")}
    told = meanwhile(error, form, stored)
    form.edition.data = offer_edition(holding)
    return overview_page(title_id, Forms(offer=form, more={"told": told}), 409)


def _title_of_licence(licence_id: int) -> int:
    licence = session().get(Licence, licence_id)
    if licence is None or not working_scope().covers_centre(licence.centre_id):
        raise NotFound
    return licence.title_id


def _added(barcodes: list[str]) -> str:
    return str(
        ngettext(
            "%(num)s copy added: %(first)s",
            "%(num)s copies added: %(first)s to %(last)s",
            len(barcodes),
            first=barcodes[0],
            last=barcodes[-1],
        )
    )


def _back(title_id: int) -> ResponseReturnValue:
    return redirect(url_for("catalogue.title", title_id=title_id), 303)
