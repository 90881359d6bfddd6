import gzip
import zlib
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from time import process_time

import pytest

from catalogue.formats.unpacked import FREE_BYTES, open_unpacked, unpacked
from schools.formats.delimited import NotReadableError

TEXT = "Größe\n".encode() * 1000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.xml", TEXT, id="plain"),
        pytest.param("a.xml.gz", gzip.compress(TEXT), id="packed"),
        pytest.param("a.xml", gzip.compress(TEXT), id="packed, whatever its name says"),
        pytest.param("a.gz", TEXT, id="plain, whatever its name says"),
    ],
)
def test_a_file_is_read_as_what_it_is(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with open_unpacked(path) as stream:
        assert stream.read() == TEXT


def test_an_empty_file_is_empty() -> None:
    assert unpacked(BytesIO(b"")).read() == b""


@pytest.mark.parametrize("content", [TEXT, gzip.compress(TEXT)], ids=["plain", "packed"])
def test_a_stream_can_begin_again(content: bytes) -> None:
    stream = unpacked(BytesIO(content))
    stream.read(10)
    stream.seek(0)
    assert stream.read() == TEXT


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(size >> 20)) + packer.flush()


def test_a_gzip_bomb_is_refused_within_a_second() -> None:
    stream = unpacked(BytesIO(bomb(200 << 20)))
    started = process_time()
    with pytest.raises(NotReadableError) as refusal:
        while stream.read(1 << 16):
            pass
    assert refusal.value.reason == "packed_too_tightly"
    assert process_time() - started < 1


def test_a_small_file_may_be_packed_tightly() -> None:
    assert len(unpacked(BytesIO(gzip.compress(bytes(FREE_BYTES)))).read()) == FREE_BYTES


@pytest.mark.parametrize("content", [TEXT, gzip.compress(TEXT)], ids=["plain", "packed"])
def test_a_file_beyond_the_limit_is_refused(content: bytes) -> None:
    with pytest.raises(NotReadableError) as refusal:
        unpacked(BytesIO(content), most_bytes=len(TEXT) - 1).read()
    assert refusal.value.reason == "file_too_large"


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda packed: packed[:-20], id="cut off"),
        pytest.param(lambda packed: packed[:2000] + bytes(8) + packed[2008:], id="damaged"),
        pytest.param(lambda packed: packed[:2] + b"\xff" + packed[3:], id="unknown packing"),
    ],
)
def test_damaged_packing_is_refused(damage) -> None:  # type: ignore[no-untyped-def]  # a lambda
    packed = gzip.compress(b"".join(sha256(bytes([place])).digest() for place in range(250)))
    with pytest.raises(NotReadableError) as refusal:
        unpacked(BytesIO(damage(packed))).read()
    assert refusal.value.reason == "broken_archive"
