"""A photo of a code, from any phone: what it shows goes the way of a scan."""

from collections.abc import Sequence

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.answers import wants_json
from app.codes import codes_in
from app.desk.answering import answered, branch_of, misread
from app.desk.forms import PhotoForm, ScanForm, printable
from app.labels import label
from app.security import requires
from app.sessions import session
from app.today import now, today
from app.uploads import ImageRefusedError, read_image
from app.visitor import actor
from catalogue.rules.barcodes import LONGEST_SCAN, CodeKind, readings
from loans.operations.scan import Scan, scan
from schools.rules.roles import Right

desk_photo = Blueprint("desk_photo", __name__)

LONGEST_SIDES = (1600, 3200)
"""Pixels; a code that fills little of the photo is found only in the larger one."""


@desk_photo.post("/desk/photo")
@requires(Right.LEND)
def photo() -> ResponseReturnValue:
    """Read the code in a photo and act on it as on a scan."""
    form = PhotoForm()
    if not form.validate():
        return misread(form) if wants_json() else _refused(_("Take a photo of a code first."))
    codes, fault = _codes()
    code = _meant(codes)
    if code is None:
        return _refused(fault or _fault(codes))
    wish = Scan(code, form.idem.data or "", branch_of(form.branch.data))
    return answered(lambda: scan(session(), wish, actor(), today(), now()))


def _codes() -> tuple[tuple[str, ...], str]:
    """Return the codes in the photo that was sent, or why it cannot be read."""
    sent = request.files.get("picture")
    if sent is None or not sent.filename:
        return (), _("Take a photo of a code first.")
    for side in LONGEST_SIDES:
        sent.stream.seek(0)
        try:
            found = codes_in(read_image(sent.stream, side))
        except ImageRefusedError as error:
            return (), label(error.fault)
        if found:
            return found, ""
    return (), ""


def _meant(codes: Sequence[str]) -> str | None:
    """Return the one code that was meant: of several, the only one that is a label of ours."""
    plain = [code for code in map(printable, codes) if 0 < len(code) <= LONGEST_SCAN]
    own = [code for code in plain if readings(code)[0].kind is not CodeKind.UNMARKED]
    for candidates in (own, plain):
        if len(candidates) == 1:
            return candidates[0]
    return None


def _fault(codes: Sequence[str]) -> str:
    if codes:
        return str(
            _("There are several codes in the photo: go nearer, so that only one is in it.")
        )
    return str(
        _("No code was found in the photo: hold the label straight, in good light, and go nearer.")
    )


def _refused(sentence: str) -> ResponseReturnValue:
    form = ScanForm(formdata=None)
    form.code.errors = [sentence]
    return misread(form)
