r"""Keep the German texts whole: read new strings, take over a table of translations, compile.

Usage:
    python tools/translate.py [--prune] [TABLE.tsv ...]
    python tools/translate.py --compile

A table holds one text a line: ``English<TAB>German``, or for plurals
``English<TAB>English plural<TAB>German<TAB>German plural``; ``\n`` stands for a line break.
Texts no page uses any more are kept aside as obsolete until ``--prune`` drops them.
Several may run this at once: each waits for the one before.
"""

import argparse
import fcntl
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "app" / "translations" / "de" / "LC_MESSAGES"
CATALOGUE = FOLDER / "messages.po"
COMPILED = FOLDER / "messages.mo"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}
SINGLE_COLUMNS = 2
PLURAL_COLUMNS = 4

Id = Any
"""A text, or a pair of singular and plural."""


def main() -> int:
    """Run as a command; returns how many texts have no German yet, at most 1 as exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("tables", nargs="*", type=Path)
    parser.add_argument("--compile", action="store_true", help="only write the .mo file")
    parser.add_argument("--prune", action="store_true", help="drop texts no page uses")
    options = parser.parse_args()
    with _alone():
        catalogue = _read()
        if not options.compile:
            catalogue = _renewed(catalogue, _tables(options.tables))
            if options.prune:
                catalogue.obsolete.clear()
            _write(catalogue)
        _compile(catalogue)
    missing = untranslated(catalogue)
    for message in missing:
        sys.stderr.write(f"no German: {message!r}\n")
    return 1 if missing and not options.compile else 0


def untranslated(catalogue: Catalog) -> list[Id]:
    """Return the texts without German, or with a guess that nobody confirmed."""
    return [each.id for each in catalogue if each.id and (not _is_whole(each) or each.fuzzy)]


def read_sources() -> Catalog:
    """Return a catalogue of every text in the code and templates, in alphabetical order."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel leaves it so
    found = Catalog(locale="de", project="Medienbrücke", charset="utf-8")
    texts = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    for _path, _line, text, _comments, context in texts:
        found.add(text, context=context)
    return found


@contextmanager
def _alone() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / ".lock").open("w") as file:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        yield


def _read() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="de")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="de")


def _renewed(old: Catalog, given: dict[Id, Id]) -> Catalog:
    """Return the texts in use with the German they had, were given now, or still lack."""
    new = read_sources()
    known = {**_germans(old.obsolete.values()), **_germans(old), **given}
    for message in new:
        if message.id in known:
            message.string = known[message.id]
    for text, german in known.items():
        if text not in new:
            new.obsolete[text] = Message(text, german)
    unused = [text for text in given if text not in new]
    for text in unused:
        sys.stderr.write(f"in no page: {text!r}\n")
    return new


def _germans(messages: Iterable[Message]) -> dict[Id, Id]:
    return {each.id: each.string for each in messages if each.id and _is_whole(each)}


def _tables(paths: list[Path]) -> dict[Id, Id]:
    given: dict[Id, Id] = {}
    for path in paths:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if line.strip():
                given.update([_row(path, number, line)])
    return given


def _row(path: Path, number: int, line: str) -> tuple[Id, Id]:
    cells = [cell.replace("\\n", "\n") for cell in line.split("\t")]
    if len(cells) == SINGLE_COLUMNS:
        return cells[0], cells[1]
    if len(cells) == PLURAL_COLUMNS:
        return (cells[0], cells[1]), (cells[2], cells[3])
    raise SystemExit(f"{path}:{number}: 2 or 4 columns wanted, {len(cells)} found")


def _is_whole(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(strings) and all(strings)


def _write(catalogue: Catalog) -> None:
    """Write the texts sorted, without places or dates, so that only real changes show."""
    written = BytesIO()
    write_po(written, catalogue, width=99, no_location=True, sort_output=True, omit_header=True)
    head = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Language: de\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    _replace(CATALOGUE, head.encode() + written.getvalue())


def _compile(catalogue: Catalog) -> None:
    written = BytesIO()
    write_mo(written, catalogue)
    _replace(COMPILED, written.getvalue())


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".draft")
    draft.write_bytes(content)
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
