"""Bars that every scanner reads, and the codes in a photo."""

from functools import lru_cache
from re import search

import zxingcpp
from markupsafe import Markup
from PIL import Image
from zxingcpp import BarcodeFormat, BarcodeFormats

READ = BarcodeFormats(
    [
        BarcodeFormat.Code128,
        BarcodeFormat.Code39,
        BarcodeFormat.EAN13,
        BarcodeFormat.EAN8,
        BarcodeFormat.UPCA,
        BarcodeFormat.QRCode,
    ]
)
"""Kinds of codes on labels; reading no others keeps noise in a photo from being taken for one."""

DRAWN = r'<svg width="(\d+)" height="(\d+)".*?<path d="([A-Za-z0-9 .-]+)"'


@lru_cache(maxsize=200)
def bars(text: str) -> Markup:
    """Return a text as bars (Code 128), with the white around them that readers need.

    The drawing takes whatever size its class `bars` is given; the text must stand beside it.

    Source:
        ISO/IEC 15417; docs/decisions/0015-the-fastest-desk.md.
    """
    code = zxingcpp.create_barcode(text, BarcodeFormat.Code128)
    drawn = search(f"(?s){DRAWN}", code.to_svg(scale=1, add_quiet_zones=True, add_hrt=False))
    if drawn is None:
        raise ValueError(f"no bars for {text!r}")
    width, height, path = drawn.groups()
    return Markup(
        '<svg class="bars" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<path d="{}"/></svg>'
    ).format(width, height, path)


def codes_in(picture: Image.Image) -> tuple[str, ...]:
    """Return the texts of the codes in a picture, each once."""
    found = zxingcpp.read_barcodes(picture.convert("L"), formats=READ)
    return tuple(dict.fromkeys(each.text for each in found if each.text))
