"""Spares tests what every application and every engine would do again for each of them.

Each test that needs pages builds an application and an engine of its own. Most of that time goes
into work whose result depends on the source alone: compiling addresses, templates and statements,
and reading translations. It is done once a run, or once a machine.
"""

from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

STATEMENTS = 5_000
"""How many compiled statements are kept for each kind of store; the product has fewer."""


def spare_repetition() -> None:
    """Keep in this process, or on this machine, what does not differ from test to test."""
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache()}
    _keep_addresses()
    _keep_statements()
    _keep_translations()


def _keep_translations() -> None:
    """Read each catalogue once; whoever loads one merges it into their own."""
    load = Translations.load
    known: dict[tuple[str, ...], NullTranslations] = {}

    def remembered(folder: str, locales: list[Any], domain: str) -> NullTranslations:
        key = (str(folder), *map(str, locales), domain)
        if key not in known:
            known[key] = load(folder, locales, domain)
        return known[key]

    Translations.load = remembered  # type: ignore[method-assign,assignment]


def _keep_addresses() -> None:
    """Compile each address once; what differs a rule takes from itself."""
    compile_anew = Rule.compile
    known: dict[tuple[object, ...], Rule] = {}

    def remembered(self: Rule) -> None:
        if self.map is None:
            raise TypeError("not bound to a map")
        defaults = tuple(sorted((self.defaults or {}).items()))
        asked = (self.rule, self.host, self.subdomain, self.merge_slashes, defaults)
        key = (*asked, self.map.host_matching, *self.map.converters.values())
        like = known.get(key)
        if like is None:
            compile_anew(self)
            known[key] = self
            return
        self._parts, self._trace, self._converters = like._parts, like._trace, like._converters
        self.arguments = like.arguments
        self._build = like._build.__func__.__get__(self)  # type: ignore[attr-defined]
        self._build_unknown = like._build_unknown.__func__.__get__(self)  # type: ignore[attr-defined]

    Rule.compile = remembered  # type: ignore[method-assign]


def _keep_statements() -> None:
    """Let engines of one kind share what they compiled; each looks it up by its dialect."""
    made = Engine.__init__
    shared: dict[type, LRUCache[Any, Any]] = {}

    def remembering(self: Engine, *args: Any, **named: Any) -> None:
        made(self, *args, **named)
        kept = shared.setdefault(type(self.dialect), LRUCache(STATEMENTS))
        self._compiled_cache = kept

    def is_alike(self: object, other: object) -> bool:
        return type(self) is type(other)

    Engine.__init__ = remembering  # type: ignore[method-assign]
    DefaultDialect.__eq__ = is_alike  # type: ignore[method-assign]
    DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
