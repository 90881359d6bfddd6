"""Only the points of a picture are kept; everything else that was sent is gone."""

import stat
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from app.uploads import (
    LARGEST_BYTES,
    LONGEST_SIDE,
    MOST_PIXELS,
    AttachmentFacts,
    ImageFault,
    ImageRefusedError,
    discard_image,
    image_path,
    store_image,
)

SCRIPT = b"<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    mode = "RGB" if kind == "JPEG" else "RGBA"
    written = BytesIO()
    Image.new(mode, size, (200, 30, 30)).save(written, kind, **options)
    return written.getvalue()


def stored(app: Flask, content: bytes) -> tuple[AttachmentFacts, bytes]:
    with app.app_context():
        facts = store_image(BytesIO(content))
        return facts, image_path(facts.stored_name).read_bytes()


def fault_of(app: Flask, content: bytes) -> ImageFault:
    with app.app_context(), pytest.raises(ImageRefusedError) as raised:
        store_image(BytesIO(content))
    return raised.value.fault


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_usual_kind_becomes_a_plain_jpeg(app: Flask, kind: str) -> None:
    facts, content = stored(app, picture(kind))
    assert (facts.media_type, facts.width, facts.height) == ("image/jpeg", 40, 20)
    assert facts.size == len(content)
    assert content.startswith(b"\xff\xd8\xff")


def test_what_hides_behind_or_inside_a_picture_is_gone(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    _, content = stored(app, picture(exif=exif) + SCRIPT)
    assert b"script" not in content


def test_a_photo_taken_sideways_stands_upright(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    facts, _ = stored(app, picture(exif=exif))
    assert (facts.width, facts.height) == (20, 40)


def test_a_large_photo_is_made_smaller(app: Flask) -> None:
    facts, _ = stored(app, picture(size=(3200, 1600)))
    assert (facts.width, facts.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", SVG, b"<html>", b"%PDF-1.4", picture()[:60], picture("PNG")[:50]],
    ids=["empty", "only a beginning", "SVG", "HTML", "PDF", "cut JPEG", "cut PNG"],
)
def test_what_is_no_picture_is_refused(app: Flask, content: bytes) -> None:
    assert fault_of(app, content) is ImageFault.NOT_AN_IMAGE


def test_a_picture_of_far_too_many_points_is_refused_before_it_is_drawn(app: Flask) -> None:
    bomb = BytesIO()
    Image.new("1", (MOST_PIXELS // 4000 + 1, 4000)).save(bomb, "PNG")
    assert fault_of(app, bomb.getvalue()) is ImageFault.TOO_LARGE


def test_a_file_of_too_many_bytes_is_refused(app: Flask) -> None:
    assert fault_of(app, picture() + bytes(LARGEST_BYTES)) is ImageFault.TOO_LARGE


def test_only_the_owner_of_the_process_reads_the_files(app: Flask) -> None:
    facts, _ = stored(app, picture())
    with app.app_context():
        path = image_path(facts.stored_name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_name_never_leads_out_of_the_folder(app: Flask) -> None:
    with app.app_context():
        assert image_path("../../etc/passwd").parent == image_path("a.jpg").parent


def test_a_picture_thrown_away_is_gone(app: Flask) -> None:
    facts, _ = stored(app, picture())
    with app.app_context():
        discard_image(facts.stored_name)
        discard_image(facts.stored_name)
        assert not image_path(facts.stored_name).exists()
