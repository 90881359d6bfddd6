"""What all commands share: the application around them, and refusing with a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from app.factory import create_app
from app.sessions import ENGINE


@contextmanager
def application() -> Iterator[Flask]:
    """Give the application of the environment's settings, with its context pushed.

    Raises:
        app.settings.SettingsError: `app.commands.main` says every fault.
    """
    app = create_app()
    try:
        with app.app_context():
            yield app
    finally:
        app.extensions[ENGINE].dispose()


def refuse(sentence: str) -> click.ClickException:
    """Return what a command raises to end with exit code 1 and a sentence on standard error."""
    return click.ClickException(sentence)
