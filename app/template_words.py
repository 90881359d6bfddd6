"""What templates may call: icons, days, the menu, the visitor."""

from typing import Any
from uuid import uuid4

from flask import Flask, request

from app import controls, dates, icons, paging
from app.labels import label
from app.languages import LANGUAGES, choose_theme
from app.navigation import has_page, menu
from app.sessions import session
from app.settings import current_settings
from app.today import today
from app.visitor import actor, visitor
from loans.queries.basket import count_basket
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
        weekday_names=dates.weekday_names,
        today=today,
        kind_icon=icons.kind_icon,
        label=label,
        page_address=paging.page_address,
        page_numbers=paging.page_numbers,
        has_page=has_page,
        **controls.TEMPLATE_WORDS,
        new_key=lambda: uuid4().hex,
        CATALOGUE=Right.CATALOGUE,
        SEE_STOCK=Right.SEE_STOCK,
        return_path=return_path,
        basket_count=basket_count,
    )
    app.context_processor(_frame)


def basket_count() -> int | None:
    """Count the lines of the visitor's basket; None for whoever has none of their own."""
    person_id = actor().person_id
    if person_id is None or not actor().may(Right.RESERVE):
        return None
    return count_basket(session(), person_id)


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
