"""Labels of copies to print: three in a row, eight rows on a sheet of A4."""

from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.cataloguing.overview import own_title
from app.cataloguing.reach import working_scope
from app.qr import qr_drawing
from app.security import requires
from app.sessions import session
from app.settings import current_settings
from catalogue.queries.stock_lists import copies_within
from schools.rules.roles import Right

label_sheet = Blueprint("label_sheet", __name__, url_prefix="/catalogue")

ON_A_SHEET = 24
MOST_LABELS = 480


@dataclass(frozen=True, slots=True)
class Label:
    """One label; its code leads to the page that says whose thing it is."""

    barcode: str
    code: Markup


@label_sheet.get("/titles/<int:title_id>/labels")
@requires(Right.CATALOGUE)
def labels(title_id: int) -> ResponseReturnValue:
    """Show the labels of the chosen copies, of all if none is chosen."""
    title = own_title(title_id)
    copies = [
        copy
        for copy in copies_within(session(), working_scope(), title_id)
        if copy.withdrawn_on is None
    ]
    chosen = set(request.args.getlist("copy")) & {str(copy.id) for copy in copies}
    shown = [copy for copy in copies if not chosen or str(copy.id) in chosen][:MOST_LABELS]
    return render_template(
        "cataloguing/labels.html",
        title={"id": title.id, "name": title.name},
        copies=[(copy.id, copy.barcode, copy in shown) for copy in copies],
        used=_used(),
        labels=[Label(copy.barcode, qr_code(copy.barcode)) for copy in shown],
        most=ON_A_SHEET - 1,
    )


def qr_code(barcode: str) -> Markup:
    """Return a drawing that a phone reads as the address of the copy."""
    address = f"{current_settings().public_url.rstrip('/')}/x/{quote(barcode, safe='')}"
    return qr_drawing(address)


def _used() -> int:
    """Return how many labels of the first sheet are gone already."""
    text = request.args.get("used", "")
    fits = text.isascii() and text.isdigit() and len(text) <= len(str(ON_A_SHEET))
    return min(int(text), ON_A_SHEET - 1) if fits else 0
