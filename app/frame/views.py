"""The start, language and look, legal pages, and how the installation is."""

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.addresses import local_path
from app.answers import LONGEST_KEY, once
from app.frame.forms import BarrierForm, LanguageForm, ThemeForm
from app.frame.health import measure
from app.frame.keyboard import key_groups
from app.frame.legal import contacts, own_text
from app.languages import LANGUAGE, THEME
from app.navigation import home
from app.security import requires
from app.sessions import session
from app.today import now
from app.visitor import actor
from schools.models.media_centre import LegalPageKind
from schools.operations.report_barrier import BarrierReport, report_barrier
from schools.rules.roles import Right

frame = Blueprint("frame", __name__)


@frame.get("/")
@requires(Right.VISIT)
def start() -> ResponseReturnValue:
    """Lead visitors to where their work begins."""
    return redirect(home(actor()))


@frame.post("/language")
@requires(Right.VISIT)
def set_language() -> ResponseReturnValue:
    """Answer this browser in another language from now on."""
    form = LanguageForm()
    if form.validate():
        cookie[LANGUAGE] = form.language.data
    return redirect(local_path(request.form.get("next")), 303)


@frame.post("/theme")
@requires(Right.VISIT)
def set_theme() -> ResponseReturnValue:
    """Show this browser pages in light, dark or as the device wishes."""
    form = ThemeForm()
    if form.validate():
        cookie[THEME] = form.theme.data
    return redirect(local_path(request.form.get("next")), 303)


@frame.get("/keyboard")
@requires(Right.VISIT)
def keyboard() -> ResponseReturnValue:
    """Show every key that does something, for reading and for the help sheet."""
    return render_template("frame/keyboard.html", groups=key_groups(actor()))


@frame.get("/pages/<kind>")
@requires(Right.VISIT)
def legal_page(kind: str) -> ResponseReturnValue:
    """Show imprint, privacy or accessibility: the centre's own text, or ours."""
    if kind not in set(LegalPageKind):
        raise NotFound
    return _legal_page(LegalPageKind(kind))


@frame.post("/pages/accessibility/report")
@requires(Right.VISIT)
def report() -> ResponseReturnValue:
    """Take a report of a barrier; the media centre gets it as a letter."""
    form = BarrierForm()
    if not form.validate():
        return _legal_page(LegalPageKind.ACCESSIBILITY, form), 422
    told = BarrierReport(
        text=form.text.data,
        page=form.page.data or "",
        email=form.email.data or "",
        key=form.idem.data[:LONGEST_KEY],
    )
    once(lambda: report_barrier(session(), told, actor(), now()))
    flash(_("Thank you. The media centre has your report."))
    return redirect("/pages/accessibility", 303)


def _legal_page(page: LegalPageKind, form: BarrierForm | None = None) -> str:
    if page is LegalPageKind.ACCESSIBILITY and form is None:
        form = BarrierForm()
    return render_template(
        "pages/legal.html",
        page=page,
        paragraphs=own_text(page),
        contacts=contacts(),
        form=form,
    )


@frame.get("/health")
@requires(Right.VISIT)
def health() -> ResponseReturnValue:
    """Say in JSON how store, index, worker and outbox are; 503 if work is impossible."""
    report = measure()
    return jsonify(report.as_json()), 200 if report.serves else 503
