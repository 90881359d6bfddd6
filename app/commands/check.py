"""`medienbruecke check`: recount what must hold between rows."""

import click
from flask_babel import force_locale

from app.commands.running import application, refuse
from app.sessions import engine
from app.store_check import breach_words, check_store
from database.migrate import is_current

SHOWN = 50


@click.command()
def check() -> None:
    """Recount the store; exit code 1 and a sentence for each thing that does not hold."""
    with application(), force_locale("en"):
        if not is_current(engine()):
            raise refuse("The store is not migrated to this version; serve or demo does it.")
        found = check_store()
        sentences = [breach_words(breach) for breach in found.breaches[:SHOWN]]
    if found.file_fault:
        raise refuse(f"SQLite finds {found.file_fault}")
    for sentence in sentences:
        click.echo(sentence, err=True)
    if found.breaches:
        raise refuse(f"{len(found.breaches)} things in the store do not hold.")
    click.echo("Everything in the store holds.")
