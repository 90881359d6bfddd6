"""Pictures that people send us: drawn anew, small, under random names; nothing else is kept.

Whatever hides in the file that was sent (scripts, places, faces in the margin of a thumbnail)
ends here, since only the picture's points are written again.
"""

import secrets
import warnings
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from struct import error as StructError  # noqa: N812  # an error's name
from typing import IO
from zlib import error as ZlibError  # noqa: N812  # an error's name

from PIL import Image, ImageOps, UnidentifiedImageError

from app.settings import current_settings

READABLE = ("JPEG", "PNG", "WEBP", "GIF")
MEDIA_TYPE = "image/jpeg"
LARGEST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 1600
"""Pixels; enough to read a serial number on a photo of a device."""

QUALITY = 84
WHITE = (255, 255, 255)
FOLDER = "images"
OWNER_ONLY_FOLDER = 0o700
OWNER_ONLY_FILE = 0o600
UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    StructError,
    ZlibError,
    UnidentifiedImageError,
    Image.DecompressionBombError,
)


class ImageFault(StrEnum):
    """Why a picture is not taken."""

    NOT_AN_IMAGE = "not_an_image"
    TOO_LARGE = "too_large"


class ImageRefusedError(Exception):
    """The file is no picture we take; nothing was written."""

    def __init__(self, fault: ImageFault) -> None:
        """Name the reason."""
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    """A stored picture, as `catalogue.models.attachment.Attachment` keeps it.

    Attributes:
        stored_name: its random name in the folder of pictures.
        media_type: what it is served as.
        width: in pixels.
        height: in pixels.
        size: in bytes.
    """

    stored_name: str
    media_type: str
    width: int
    height: int
    size: int


def store_image(stream: IO[bytes]) -> AttachmentFacts:
    """Draw a picture anew and store it; call it outside a unit of work.

    A caller whose unit of work fails throws it away with `discard_image`.

    Args:
        stream: at its beginning; at most 20 MB of it are read.

    Raises:
        ImageRefusedError: it is no picture, a broken one, or too large.
    """
    picture = read_image(stream)
    written = BytesIO()
    picture.save(written, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    name = f"{secrets.token_hex(16)}.jpg"
    path = image_path(name)
    path.parent.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    path.touch(mode=OWNER_ONLY_FILE, exist_ok=False)
    path.write_bytes(written.getvalue())
    return AttachmentFacts(name, MEDIA_TYPE, picture.width, picture.height, written.tell())


def read_image(stream: IO[bytes], longest_side: int = LONGEST_SIDE) -> Image.Image:
    """Return a picture upright, without transparency, at most so many pixels a side.

    Args:
        stream: at its beginning; at most 20 MB of it are read.
        longest_side: in pixels; a larger picture is made smaller.

    Raises:
        ImageRefusedError: it is no picture, a broken one, or too large.
    """
    content = stream.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise ImageRefusedError(ImageFault.TOO_LARGE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _opened(content, longest_side)
    except UNREADABLE as error:
        raise ImageRefusedError(ImageFault.NOT_AN_IMAGE) from error


def image_path(stored_name: str) -> Path:
    """Return where a picture lies; a name never leads out of the folder."""
    return current_settings().uploads_folder / FOLDER / Path(stored_name).name


def discard_image(stored_name: str) -> None:
    """Throw a stored picture away, if it is there."""
    image_path(stored_name).unlink(missing_ok=True)


def _opened(content: bytes, longest_side: int) -> Image.Image:
    with Image.open(BytesIO(content), formats=READABLE) as sent:
        if sent.width * sent.height > MOST_PIXELS:
            raise ImageRefusedError(ImageFault.TOO_LARGE)
        sent.draft("RGB", (longest_side, longest_side))
        sent.load()
        upright = ImageOps.exif_transpose(sent).convert("RGBA")
        upright.thumbnail((longest_side, longest_side))
        plain = Image.new("RGB", upright.size, WHITE)
        plain.paste(upright, mask=upright.getchannel("A"))
        return plain
