"""A photo of a code goes the way of a scan; hostile and useless pictures are told."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse
from zxingcpp import BarcodeFormat

from loans.models.desk_session import DeskScan
from loans.models.loan import Loan
from tests.app.desk.pictures import code, photo
from tests.app.desk.scanning import JSON, HttpDesk, text_of
from tests.make import Make

KINDS = (
    BarcodeFormat.Code128,
    BarcodeFormat.Code39,
    BarcodeFormat.QRCode,
)


def take(
    counter: HttpDesk, content: bytes, headers: dict[str, str] | None = None, **fields: object
) -> TestResponse:
    picture = (BytesIO(content), "photo.jpg")
    return counter.send("/desk/photo", headers, picture=picture, **fields)


def scans(make: Make) -> int:
    make.session.rollback()
    return make.session.scalar(select(func.count(DeskScan.id))) or 0


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.name))
def test_a_photo_lends_as_a_scan_does(make: Make, counter: HttpDesk, kind: BarcodeFormat) -> None:
    copy = make.copy()
    counter.scan(make.person().card)
    answer = take(counter, photo(code(copy.barcode, kind)))
    assert (answer.status_code, answer.location) == (303, "/desk")
    assert make.session.scalars(select(Loan)).one().copy_id == copy.id


def test_the_address_on_a_label_of_ours_and_a_shops_number_do_too(
    make: Make, counter: HttpDesk
) -> None:
    own = make.copy(barcode="MZ-004711")
    shop = make.copy(barcode="4006381333931")
    address = code("https://mz.example.org/x/MZ-004711", BarcodeFormat.QRCode)
    for label, copy in (
        (address, own),
        (code("4006381333931", BarcodeFormat.EAN13), shop),
    ):
        counter.scan("CMD-FERTIG")
        answer = take(counter, photo(label, turned=3), JSON).get_json()
        assert answer["code"] == copy.barcode


def test_a_small_code_in_a_large_photo_is_found_too(make: Make, counter: HttpDesk) -> None:
    copy = make.copy()
    picture = Image.new("RGB", (4000, 3000), "white")
    label = code(copy.barcode)
    picture.paste(label.resize((label.width * 3 // 4, 60)).convert("RGB"), (1800, 1500))
    written = BytesIO()
    picture.save(written, "JPEG", quality=92)
    assert take(counter, written.getvalue(), JSON).get_json()["code"] == copy.barcode


def test_of_several_codes_the_only_label_of_ours_is_meant(make: Make, counter: HttpDesk) -> None:
    copy = make.copy()
    shop = code("4006381333931", BarcodeFormat.EAN13)
    answer = take(counter, photo(code(copy.barcode), shop, turned=2), JSON)
    assert answer.get_json()["code"] == copy.barcode


def test_several_labels_of_ours_ask_for_another_photo(make: Make, counter: HttpDesk) -> None:
    answer = take(counter, photo(code("MZ-000001"), code("MZ-000002"), turned=2))
    assert answer.status_code == 422
    assert "mehrere Codes" in text_of(answer)
    assert scans(make) == 0


def bomb() -> bytes:
    """A PNG of a few kilobytes that would be ten thousand million points."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    size = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    image = zlib.compress(b"\0" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", image) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"\xff\xd8\xff" + b"\0" * 5000,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        photo(code("MZ-000001"))[:4000],
        bomb(),
        photo(),
    ],
    ids=["empty", "text", "broken", "svg", "cut off", "a bomb", "no code"],
)
def test_what_cannot_be_read_is_told_with_what_to_do(
    make: Make, counter: HttpDesk, content: bytes
) -> None:
    answer = take(counter, content)
    assert answer.status_code == 422
    page = text_of(answer)
    said = page[page.index('id="say"') :].split("</p>")[0]
    assert "say-no" in page
    assert len(said) > 60
    assert scans(make) == 0


def test_no_photo_at_all_is_asked_for(counter: HttpDesk) -> None:
    answer = counter.send("/desk/photo")
    assert answer.status_code == 422
    assert "Nehmen Sie zuerst ein Foto" in text_of(answer)


def test_a_code_of_control_characters_does_no_harm(make: Make, counter: HttpDesk) -> None:
    answer = take(counter, photo(code("\x00\x1b[2J\n", BarcodeFormat.QRCode), turned=0))
    assert answer.status_code in {303, 422}


def test_a_photo_sent_twice_is_one_scan(make: Make, counter: HttpDesk) -> None:
    copy, content = make.copy(), b""
    content = photo(code(copy.barcode))
    counter.scan(make.person().card)
    for _ in range(2):
        take(counter, content, idem="same")
    make.session.rollback()
    assert len(make.session.scalars(select(Loan)).all()) == 1
