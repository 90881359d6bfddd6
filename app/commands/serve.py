"""`medienbruecke serve`: the pages over HTTP, and the worker beside them."""

import gc
import socket
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.base import Worker as GunicornWorker

from app.commands.running import application, refuse
from app.factory import create_app
from app.logs import configure_logs
from app.settings import Settings, current_settings
from app.store import prepare_store
from app.worker import EXTENSION, Worker

LARGEST_PORT = 65535
REQUEST_SECONDS = 60
"""A request may take so long; imports run in the worker."""

GRACE_SECONDS = 20
KEEP_ALIVE_SECONDS = 5


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn with our settings; each process builds its own application after the fork."""

    def __init__(self, options: dict[str, Any]) -> None:
        """Take gunicorn's settings by name."""
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn; its own file and environment are not read."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application of one process."""
        return create_app()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    envvar="PORT",
    type=click.IntRange(1, LARGEST_PORT),
    help="Port to listen at; the variable PORT says the same.",
)
@click.option("--worker/--no-worker", "with_worker", default=True, help="Work off what is owed.")
def serve(*, host: str, port: int, with_worker: bool) -> None:
    """Migrate the store, then serve until stopped."""
    serve_at(host, port, with_worker=with_worker)


def serve_at(host: str, port: int, *, with_worker: bool = True) -> None:
    """Migrate the store, then serve until this process is told to stop.

    Args:
        host: address to listen at; a proxy in front encrypts.
        port: port to listen at.
        with_worker: the first process of the host that can take the lock works off what is owed.
    """
    _check_free(host, port)
    configure_logs()
    with application():
        prepare_store()
        settings = current_settings()
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    try:
        Server(server_options(settings, f"{host}:{port}", with_worker=with_worker)).run()
    except RuntimeError as error:
        raise refuse(str(error)) from error


def _check_free(host: str, port: int) -> None:
    """Say in a sentence what gunicorn would say after five tries in a traceback's place."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            raise refuse(
                f"Cannot listen at {host}, port {port}: {error.strerror}. "
                "Name another port by PORT or --port."
            ) from error


def server_options(settings: Settings, bind: str, *, with_worker: bool) -> dict[str, Any]:
    """Return what gunicorn is told by name: address, processes, limits, what begins."""
    options: dict[str, Any] = {
        "bind": bind,
        "worker_class": "gthread",
        "workers": settings.processes,
        "threads": settings.threads,
        "timeout": REQUEST_SECONDS,
        "graceful_timeout": GRACE_SECONDS,
        "keepalive": KEEP_ALIVE_SECONDS,
        "control_socket_disable": True,
        "proc_name": "medienbruecke",
        "loglevel": "warning",
        "when_ready": _say_address,
        "post_worker_init": _begin,
        "accesslog": None,
    }
    if with_worker:
        options["post_worker_init"] = _begin_with_worker
        options["worker_exit"] = _stop_worker
    return options


def _say_address(server: Any) -> None:  # noqa: ANN401  # gunicorn's arbiter, without types
    click.echo(f"Serving at http://{server.cfg.bind[0]}")


def _begin(_process: GunicornWorker) -> None:
    """Let the collector of garbage pass over what stays for good: it stops all threads meanwhile.

    Code and templates are most of what a process holds; looking through them took 200 ms a time.
    """
    gc.collect()
    gc.freeze()


def _begin_with_worker(process: GunicornWorker) -> None:
    """Start in the serving process, after the fork: threads and locks do not survive one."""
    _begin(process)
    Worker(process.wsgi).start()


def _stop_worker(_server: object, process: GunicornWorker) -> None:
    app: Flask | None = getattr(process, "wsgi", None)
    if app is not None and EXTENSION in app.extensions:
        app.extensions[EXTENSION].stop()
