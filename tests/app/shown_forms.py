"""The forms of a page, filled in as a browser would send them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import MappingProxyType

from tests.make import MONDAY

BLANKS = MappingProxyType(
    {
        "date": MONDAY.replace(day=30).isoformat(),
        "number": "1",
        "time": "10:00",
        "text": "Neu",
        "search": "Neu",
    }
)
"""What somebody puts into an empty field, by its type."""

CHOSEN = frozenset({"checkbox", "radio"})
NOT_SENT = frozenset({"submit", "button", "file", "image", "reset"})
Attributes = dict[str, str | None]


@dataclass
class ShownForm:
    """A form that is posted to an address, with the fields it sends, in their order."""

    action: str
    key: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    is_sent: bool = False


def shown_forms(page: str, word: str = "neu") -> list[ShownForm]:
    """Return the forms of a page that change something, each sent by its first button.

    `word` makes addresses that somebody puts in those of nobody else.
    """
    blanks = {**BLANKS, "email": f"{word}@example.org"}
    reader = _Reader()
    reader.feed(page)
    forms = [form for form in reader.forms if form.action]
    for owner, tag, attributes, text in reader.fields:
        for form in forms:
            if owner == form.key:
                form.fields.extend(_sent(tag, attributes, text, form, blanks))
    return forms


def _sent(
    tag: str, attributes: Attributes, text: str, form: ShownForm, blanks: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    name, kind = attributes.get("name"), attributes.get("type") or "text"
    if tag == "button":
        first, form.is_sent = not form.is_sent, True
        if name and first:
            yield name, attributes.get("value") or ""
    elif not name or "disabled" in attributes:
        return
    elif tag == "input" and kind in CHOSEN:
        if "checked" in attributes:
            yield name, attributes.get("value") or "on"
    elif tag != "input" or kind not in NOT_SENT:
        value = attributes.get("value") if tag == "input" else text
        yield name, value or ("" if kind == "hidden" else blanks.get(kind, "Neu"))


class _Reader(HTMLParser):
    """Collects forms, and fields with the key of the form they belong to."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[ShownForm] = []
        self.fields: list[tuple[str, str, Attributes, str]] = []
        self._open = ""
        self._area: tuple[str, Attributes] | None = None
        self._text = ""
        self._select: Attributes | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            posted = (found.get("method") or "get").lower() == "post"
            self._open = found.get("id") or f"form-{len(self.forms)}"
            self.forms.append(ShownForm(found.get("action") or "" if posted else "", self._open))
        elif tag in {"input", "button"}:
            self._keep(tag, found)
        elif tag == "textarea":
            self._area, self._text = (found.get("form") or self._open, found), ""
        elif tag == "select":
            self._select, self._options = found, []
        elif tag == "option":
            self._options.append((found.get("value") or "", "selected" in found))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = ""
        elif tag == "textarea" and self._area is not None:
            owner, found = self._area
            self.fields.append((owner, tag, found, self._text.strip()))
            self._area = None
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected and value]
            first = [value for value, _ in self._options if value]
            self._keep(tag, self._select, next(iter(chosen or first), ""))
            self._select = None

    def _keep(self, tag: str, found: Attributes, text: str = "") -> None:
        owner = found.get("form") or self._open
        if owner:
            self.fields.append((owner, tag, found, text))
