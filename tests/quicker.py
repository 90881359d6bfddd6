"""Spares tests what every application would do again: compiling addresses and templates.

Each test that needs pages builds an application of its own. Two thirds of that time go into work
whose result depends on the source alone, so it is done once a run, or once a machine.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

Builder = Callable[..., Any]


def spare_repetition() -> None:
    """Keep compiled builders of addresses in this process, compiled templates on this machine."""
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache()}
    compiled: Callable[..., Builder] = Rule._compile_builder
    known: dict[tuple[object, ...], Builder] = {}

    def remembered(self: Rule, append_unknown: bool = True) -> Builder:  # noqa: FBT001, FBT002
        """Look the builder up by all it is made of; what differs it takes from the rule itself."""
        defaults = tuple(sorted((self.defaults or {}).items()))
        key = (self.rule, self.host, self.subdomain, defaults, append_unknown)
        if key not in known:
            known[key] = compiled(self, append_unknown)
        return known[key]

    Rule._compile_builder = remembered  # type: ignore[method-assign]
