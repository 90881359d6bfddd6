"""The command ``medienbruecke``: exit code 0 done, 1 refused with a sentence, 2 wrong usage."""

import sys

import click

from app.settings import SettingsError

REFUSED = 1


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Catalogue, lending and media concepts for media centres and their schools."""


def main() -> None:
    """Run the command; bad settings are sentences, never a traceback."""
    try:
        cli()
    except SettingsError as error:
        for fault in error.faults:
            click.echo(fault, err=True)
        sys.exit(REFUSED)
