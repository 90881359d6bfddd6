"""What templates may call: icons, days, the menu, the visitor."""

from typing import Any
from uuid import uuid4

from flask import Flask, request

from app import controls, dates, icons, paging
from app.labels import label
from app.languages import LANGUAGES, choose_theme
from app.navigation import has_page, menu
from app.settings import current_settings
from app.today import today
from app.visitor import actor, visitor
from schools.models.account import Theme
from schools.rules.roles import Right


def add_words(app: Flask) -> None:
    """Add our words to the templates of `app`."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        icon=icons.icon,
        day=dates.day,
        span=dates.span,
        instant=dates.instant,
        today=today,
        kind_icon=icons.kind_icon,
        label=label,
        page_address=paging.page_address,
        page_numbers=paging.page_numbers,
        has_page=has_page,
        **controls.TEMPLATE_WORDS,
        new_key=lambda: uuid4().hex,
        SEE_STOCK=Right.SEE_STOCK,
        return_path=return_path,
    )
    app.context_processor(_frame)


def return_path() -> str:
    """Return where language and look lead back to: this page if it can be opened again."""
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def _frame() -> dict[str, Any]:
    """Return what the base page shows around every content."""
    found = visitor()
    return {
        "language": dates.language(),
        "languages": LANGUAGES,
        "theme": choose_theme(),
        "themes": list(Theme),
        "visitor": found,
        "shortcuts": found is not None and found.shortcuts,
        "actor": actor(),
        "menu": menu(actor()),
        "demo": current_settings().demo,
        "mark": icons.mark(),
    }
