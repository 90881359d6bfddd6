"""Tells from a MARC record which type of medium it describes."""

from pymarc import Record

from catalogue.formats.marc_record import control, values

FALLBACK = "document"
"""What a record describes that says nothing of its form."""

_TYPE_OF_RECORD = 6

_BY_CARRIER = {
    "nc": "book",
    "vd": "film",
    "vf": "video_cassette",
    "vc": "video_cassette",
    "mr": "film_reel",
    "mf": "film_reel",
    "mc": "film_reel",
    "sd": "audio",
    "ss": "audio",
    "cd": "software",
    "cb": "software",
    "gs": "slides",
    "gt": "transparencies",
}
"""Media types by codes of the RDA carrier type, 338 $b; «cr» is online."""

_BY_TYPE = {
    "a": "book",
    "t": "book",
    "c": "book",
    "d": "book",
    "e": "map",
    "f": "map",
    "g": "film",
    "i": "audio",
    "j": "audio",
    "k": "document",
    "m": "software",
    "o": "media_box",
    "p": "media_box",
    "r": "model",
}
"""Media types by leader/06, type of record."""

_BY_FORM = {
    "a": "map",
    "cr": "online_document",
    "c": "software",
    "gs": "slides",
    "gt": "transparencies",
    "m": "film_reel",
    "o": "media_box",
    "s": "audio",
    "t": "book",
    "vf": "video_cassette",
    "v": "film",
}
"""Media types by the beginning of 007, category and form of material."""

_ONLINE = {
    "film": "online_video",
    "audio": "online_audio",
    "software": "online_software",
    "media_box": "online_package",
}
"""What becomes of a type when it is online; all others are documents."""

_BY_PLACE_OF_TYPE = frozenset("efkopr")
"""Types of record that the carrier cannot tell better: a map in a volume stays a map."""


def media_type_code(record: Record) -> str:
    """Return the code of the media type; `FALLBACK` if the record does not tell.

    Source:
        MARC 21 Format for Bibliographic Data: leader/06, 007, 338 (RDA carrier types).
    """
    carriers = tuple(values(record, "338", code="b"))
    form = control(record, "007")[:2]
    offline = _offline(record, carriers, form)
    if "cr" in carriers or form == "cr":
        return _ONLINE.get(offline, "online_document")
    return offline


def _offline(record: Record, carriers: tuple[str, ...], form: str) -> str:
    type_of_record = record.leader[_TYPE_OF_RECORD]
    if type_of_record in _BY_PLACE_OF_TYPE:
        return _BY_TYPE[type_of_record]
    for carrier in carriers:
        if carrier in _BY_CARRIER:
            return _BY_CARRIER[carrier]
    by_form = _BY_FORM.get(form) or _BY_FORM.get(form[:1])
    if by_form and form != "cr":
        return _specific(by_form, type_of_record)
    return _BY_TYPE.get(type_of_record, FALLBACK)


def _specific(by_form: str, type_of_record: str) -> str:
    # 007 «tu» (text) stands also on what the type of record knows better.
    return _BY_TYPE.get(type_of_record, by_form) if by_form == "book" else by_form
