"""Photos that come with a form: drawn anew before the unit of work, thrown away if it fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from werkzeug.datastructures import FileStorage

from app.uploads import discard_image, store_image
from catalogue.operations.report_defect import Photo


def stored_photo(sent: FileStorage | None) -> Photo | None:
    """Store a picture that was sent; None if none was.

    Raises:
        app.uploads.ImageRefusedError: it is no picture we take.
    """
    if sent is None or not sent.filename:
        return None
    return Photo(**asdict(store_image(sent.stream)))


@contextmanager
def kept_only_if_done(photo: Photo | None) -> Iterator[list[bool]]:
    """Throw the photo away unless the block says, by filling the list, that a row names it now."""
    kept: list[bool] = []
    try:
        yield kept
    finally:
        if photo is not None and not kept:
            discard_image(photo.stored_name)
