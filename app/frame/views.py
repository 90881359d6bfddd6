"""The start, language and look, legal pages, and how the installation is."""

from flask import Blueprint, jsonify, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.addresses import local_path
from app.frame.forms import LanguageForm, ThemeForm
from app.frame.health import measure
from app.frame.legal import own_text
from app.labels import LEGAL_PAGES
from app.languages import LANGUAGE, THEME
from app.navigation import home
from app.security import requires
from app.visitor import actor
from schools.models.media_centre import LegalPageKind
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
        session[LANGUAGE] = form.language.data
    return redirect(local_path(request.form.get("next")), 303)


@frame.post("/theme")
@requires(Right.VISIT)
def set_theme() -> ResponseReturnValue:
    """Show this browser pages in light, dark or as the device wishes."""
    form = ThemeForm()
    if form.validate():
        session[THEME] = form.theme.data
    return redirect(local_path(request.form.get("next")), 303)


@frame.get("/pages/<kind>")
@requires(Right.VISIT)
def legal_page(kind: str) -> ResponseReturnValue:
    """Show imprint, privacy or accessibility: the centre's own text, or ours."""
    if kind not in set(LegalPageKind):
        raise NotFound
    page = LegalPageKind(kind)
    return render_template(
        f"pages/{page}.html", page=page, paragraphs=own_text(page), headings=LEGAL_PAGES
    )


@frame.get("/health")
@requires(Right.VISIT)
def health() -> ResponseReturnValue:
    """Say in JSON how store, index, worker and outbox are; 503 if work is impossible."""
    report = measure()
    return jsonify(report.as_json()), 200 if report.serves else 503
