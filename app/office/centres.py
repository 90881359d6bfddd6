"""The office's own facts: name and address of the centre, and its legal pages."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.answers import once
from app.languages import LANGUAGES
from app.office.forms import CentreForm, LegalTextForm
from app.office.pages import office_scope
from app.security import requires
from app.sessions import session
from app.today import now
from app.visitor import actor
from schools.errors import ChangedMeanwhileError
from schools.models.media_centre import LegalPageKind, MediaCentre
from schools.operations.edit_centre import LegalText, edit_centre, edit_legal_page
from schools.queries.centres import centre_within, legal_page_of, legal_pages_of
from schools.rules.roles import Right

centres = Blueprint("office_centres", __name__, url_prefix="/office/centres")


@centres.get("/<int:centre_id>")
@requires(Right.MANAGE_CENTRE)
def centre(centre_id: int) -> ResponseReturnValue:
    """Show name, address and legal pages of a centre."""
    row = _centre(centre_id)
    return _centre_page(row, CentreForm(obj=row))


@centres.post("/<int:centre_id>")
@requires(Right.MANAGE_CENTRE)
def save_centre(centre_id: int) -> ResponseReturnValue:
    """Take over name and address."""
    row = _centre(centre_id)
    form = CentreForm()
    if not form.validate():
        return _centre_page(row, form), 422
    once(lambda: edit_centre(session(), centre_id, form.facts(), actor(), now()))
    flash(_("Saved."), "success")
    return redirect(f"/office/centres/{centre_id}", 303)


@centres.get("/<int:centre_id>/pages/<kind>/<locale>")
@requires(Right.MANAGE_CENTRE)
def legal_page(centre_id: int, kind: str, locale: str) -> ResponseReturnValue:
    """Show the form for a legal page."""
    page = _kind(kind, locale)
    row = legal_page_of(session(), office_scope(), centre_id, page, locale)
    form = LegalTextForm(
        text="" if row is None else row.text, version="0" if row is None else str(row.version)
    )
    return _legal_page(_centre(centre_id), page, locale, form)


@centres.post("/<int:centre_id>/pages/<kind>/<locale>")
@requires(Right.MANAGE_CENTRE)
def save_legal_page(centre_id: int, kind: str, locale: str) -> ResponseReturnValue:
    """Take over the text; who saves after somebody else is shown both texts."""
    page = _kind(kind, locale)
    row = _centre(centre_id)
    form = LegalTextForm()
    if not form.validate():
        return _legal_page(row, page, locale, form), 422
    text = "\n".join((form.text.data or "").strip().splitlines())
    wish = LegalText(centre_id, page, locale, text, form.opened_version())
    try:
        once(lambda: edit_legal_page(session(), wish, actor(), now()))
    except ChangedMeanwhileError as changed:
        return _changed_meanwhile(wish, form, changed), 409
    flash(_("Saved."), "success")
    return redirect(f"/office/centres/{centre_id}", 303)


def _changed_meanwhile(
    wish: LegalText, form: LegalTextForm, changed: ChangedMeanwhileError
) -> str:
    """Show the stored text beside one's own; saving again then replaces the stored one."""
    stored = legal_page_of(session(), office_scope(), wish.centre_id, wish.kind, wish.locale)
    form.version.data = "0" if stored is None else str(stored.version)
    return _legal_page(_centre(wish.centre_id), wish.kind, wish.locale, form, changed=changed)


def _centre(centre_id: int) -> MediaCentre:
    row = centre_within(session(), office_scope(), centre_id)
    if row is None:
        raise NotFound
    return row


def _kind(kind: str, locale: str) -> LegalPageKind:
    if kind not in set(LegalPageKind) or locale not in LANGUAGES:
        raise NotFound
    return LegalPageKind(kind)


def _centre_page(row: MediaCentre, form: CentreForm) -> str:
    own = legal_pages_of(session(), office_scope(), row.id)
    return render_template(
        "office/centre.html",
        centre=row,
        form=form,
        kinds=list(LegalPageKind),
        changed_at={(page.kind, page.locale): page.changed_at for page in own if page.text},
    )


def _legal_page(
    row: MediaCentre,
    kind: LegalPageKind,
    locale: str,
    form: LegalTextForm,
    *,
    changed: ChangedMeanwhileError | None = None,
) -> str:
    return render_template(
        "office/legal_page.html", centre=row, kind=kind, locale=locale, form=form, changed=changed
    )
