"""The shape of a letter, read from its text: headings, paragraphs, lists, the one button.

Templates write plain text: paragraphs parted by blank lines, items that begin with a dash, an
address of ours on a line of its own below what leads there. What only the frame may say (a
heading, the button, the signature) begins with a control character, which no fact can hold.
"""

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar

WIDTH = 72
HEADING = "\x01"
BUTTON = "\x02"
LEADS_TO = "\x03"
SIGNATURE = "\x04"
PART = "\x1e"
"""Parts the blocks of a template from one another."""

DELIMITER = "-- "
"""Mail programs know the signature by it, with its blank."""

ITEM = "- "
INDENT = "  "


@dataclass(frozen=True, slots=True)
class Line:
    """One line as written, however long.

    Attributes:
        address: the page of ours that it leads to.
        more: lines below it that belong to it.
    """

    words: str
    address: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a part of a daily letter."""

    kind: ClassVar[str] = "heading"
    words: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together."""

    kind: ClassVar[str] = "paragraph"
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    kind: ClassVar[str] = "bullets"
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """Where the letter, or a part of it, leads."""

    kind: ClassVar[str] = "button"
    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What follows is the small print."""

    kind: ClassVar[str] = "signature"


Block = Heading | Paragraph | Bullets | Button | Signature


@dataclass(slots=True)
class _Reader:
    """Reads line by line; `lines` are those of the paragraph or list that is not over yet."""

    own_address: str
    blocks: list[Block] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    in_list: bool = False

    def read(self, line: str) -> None:
        if line[:1] in _MARKS:
            self.end()
            self.blocks.append(_marked(line))
        elif not line.strip():
            self.end()
        elif self._is_address(line) and self.lines and not self.lines[-1].address:
            self.lines[-1] = replace(self.lines[-1], address=line.strip())
        elif line.startswith(ITEM):
            self._begin(line.removeprefix(ITEM).strip(), in_list=True)
        elif line.startswith(INDENT) and self._goes_on():
            self.lines[-1] = replace(self.lines[-1], more=(*self.lines[-1].more, line.strip()))
        else:
            self._begin(line.strip(), in_list=False)

    def end(self) -> None:
        if self.lines:
            lines = tuple(self.lines)
            self.blocks.append(Bullets(lines) if self.in_list else Paragraph(lines))
        self.lines = []

    def _goes_on(self) -> bool:
        """Say whether an indented line belongs to an item, also after an empty line."""
        self._reopen_list()
        return bool(self.lines) and self.in_list

    def _reopen_list(self) -> None:
        """Go on with the list that has ended, if that was the last block."""
        last = self.blocks[-1] if self.blocks and not self.lines else None
        if isinstance(last, Bullets):
            self.blocks.pop()
            self.lines, self.in_list = list(last.lines), True

    def _begin(self, words: str, *, in_list: bool) -> None:
        if in_list is not self.in_list:
            self.end()
        if in_list:
            self._reopen_list()
        self.in_list = in_list
        self.lines.append(Line(words, words if self._is_address(words) else ""))

    def _is_address(self, line: str) -> bool:
        text = line.strip()
        return text.startswith(f"{self.own_address}/") and not re.search(r"\s", text)


def blocks_of(text: str, public_url: str) -> tuple[Block, ...]:
    """Read the blocks of a letter from its text.

    Args:
        text: lines of any length.
        public_url: addresses that begin with it are ours and become links; no other does.
    """
    reader = _Reader(public_url.rstrip("/"))
    for line in text.splitlines():
        reader.read(line.rstrip())
    reader.end()
    return tuple(reader.blocks)


def text_of(blocks: Iterable[Block]) -> str:
    """Return a letter as plain text in lines of at most 72 characters; addresses stay whole."""
    return (
        "\n\n".join(_laid_out(block) for block in blocks).replace(
            f"{DELIMITER}\n\n", f"{DELIMITER}\n"
        )
        + "\n"
    )


def _marked(line: str) -> Block:
    mark, rest = line[0], line[1:]
    if mark == HEADING:
        return Heading(rest.strip())
    if mark == BUTTON:
        words, _, address = rest.partition(LEADS_TO)
        return Button(words.strip(), address.strip())
    return Signature()


_MARKS = frozenset({HEADING, BUTTON, SIGNATURE})


def _laid_out(block: Block) -> str:
    if isinstance(block, Heading):
        words = _wrapped(block.words)
        return f"{words}\n{'=' * min(WIDTH, max(map(len, words.splitlines())))}"
    if isinstance(block, Button):
        return f"{_wrapped(f'{block.words}:')}\n{block.address}"
    if isinstance(block, Paragraph):
        return "\n".join(_with_address(line, "") for line in block.lines)
    if isinstance(block, Bullets):
        return "\n".join(_with_address(item, INDENT) for item in block.lines)
    return DELIMITER


def _with_address(line: Line, indent: str) -> str:
    bullet = ITEM if indent else ""
    shown = [_wrapped(bullet + line.words, indent)]
    shown += [_wrapped(f"{INDENT}{more}", INDENT) for more in line.more]
    if line.address and line.address != line.words:
        shown.append(f"{INDENT}{line.address}")
    return "\n".join(shown)


def _wrapped(line: str, indent: str = "") -> str:
    return "\n".join(
        textwrap.wrap(
            line,
            WIDTH,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
