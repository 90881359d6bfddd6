"""The command ``medienbruecke``: exit code 0 done, 1 refused with a sentence, 2 wrong usage."""

import sys

import click
from sqlalchemy.exc import OperationalError

from app.commands.centres import centres
from app.commands.check import check
from app.commands.demo import demo
from app.commands.imports import import_file
from app.commands.index import index
from app.commands.notices import notices
from app.commands.search import search
from app.commands.serve import serve
from app.commands.users import users
from app.commands.worker import worker
from app.settings import SettingsError

REFUSED = 1

COMMANDS: tuple[click.Command, ...] = (
    demo,
    serve,
    worker,
    import_file,
    centres,
    users,
    notices,
    check,
    search,
    index,
)
"""One line each; every module of `app.commands` brings a command or a group."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Catalogue, lending and media concepts for media centres and their schools."""


for _command in COMMANDS:
    cli.add_command(_command)


def main() -> None:
    """Run the command; what the operator can mend is a sentence, never a traceback."""
    try:
        cli()
    except SettingsError as error:
        _end("\n".join(error.faults))
    except OperationalError as error:
        _end(f"The store does not answer: {error.orig}. Is it migrated and reachable?")


def _end(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(REFUSED)
