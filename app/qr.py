"""QR codes drawn into the page: no request, no file, printable at any size."""

from io import BytesIO

import segno
from markupsafe import Markup

QUIET_ZONE = 4
"""Modules left white around a code, as readers expect where nothing else is white."""


def qr_drawing(address: str, *, border: int = 0) -> Markup:
    """Return a drawing that a phone reads as an address.

    Args:
        address: absolute.
        border: white modules around it; 0 where the paper is white anyway.
    """
    drawn = BytesIO()
    segno.make_qr(address, error="m").save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        border=border,
        light="#fff" if border else None,
        nl=False,
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704  # drawn here from a plain address
