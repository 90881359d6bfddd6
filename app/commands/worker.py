"""`medienbruecke worker`: work off what is owed, in a process of its own."""

import signal
from types import FrameType

import click

from app.commands.running import application
from app.logs import configure_logs
from app.store import prepare_store
from app.worker import Worker


@click.command()
def worker() -> None:
    """Work off index notes, letters and jobs until stopped; one a host, others wait."""
    configure_logs()
    with application() as app:
        prepare_store()
        working = Worker(app)

        def stop(_signal: int, _frame: FrameType | None) -> None:
            working.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        working.run()
