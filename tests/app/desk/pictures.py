"""Photos of codes, as phones take them: small in the picture, turned, a little blurred."""

from io import BytesIO

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter

SIZE = (1600, 1200)
DESK = (214, 205, 190)


def code(text: str, kind: zxingcpp.BarcodeFormat = zxingcpp.BarcodeFormat.Code128) -> Image.Image:
    """Return a label with a code on it."""
    drawn = zxingcpp.create_barcode(text, kind).to_image(scale=4, add_quiet_zones=True)
    label = Image.fromarray(np.array(drawn))
    return label.resize((label.width, max(label.height, 160)))


def photo(*labels: Image.Image, turned: float = 7, blurred: float = 1.2) -> bytes:
    """Return a photo of labels on a desk, as a JPEG."""
    picture = Image.new("RGB", SIZE, DESK)
    for place, label in enumerate(labels):
        turned_label = label.convert("RGB").rotate(turned, expand=True, fillcolor=DESK)
        picture.paste(turned_label, (200, 100 + place * 500))
    written = BytesIO()
    picture.filter(ImageFilter.GaussianBlur(blurred)).save(written, "JPEG", quality=80)
    return written.getvalue()
