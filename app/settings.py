"""What differs between one installation and another, read once from the environment."""

import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import Field, dataclass, fields
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app

PREFIX = "MEDIENBRUECKE_"
OF_TESTS = f"{PREFIX}TEST_"
"""Begins what only the tests read; whoever develops may have it set."""

EXTENSION = "medienbruecke_settings"
SHORTEST_SECRET = 32
FEWEST_DIFFERENT_CHARACTERS = 10
"""A secret of one repeated word is long and still guessed."""

OWNER_ONLY_FILE = 0o600
OWNER_ONLY_FOLDER = 0o700
LARGEST_PORT = 65535
YES = frozenset({"1", "on", "true", "yes"})
NO = frozenset({"0", "off", "false", "no"})
KNOWN_SECRETS = re.compile(
    r"change.?me|secret.?key|password|default|example|development", re.IGNORECASE
)


class SearchEngineKind(StrEnum):
    """Where the search index lies."""

    WHOOSH = "whoosh"
    POSTGRES = "postgres"


class SettingsError(Exception):
    """The environment does not describe a runnable installation.

    Attributes:
        faults: every fault found, one sentence each.
    """

    def __init__(self, faults: list[str]) -> None:
        """Keep all faults, so that one look at the message mends them all."""
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Settings:
    """Each attribute is the variable ``MEDIENBRUECKE_<NAME>``; docs/settings.md explains them.

    Attributes:
        data: one folder for store, index, uploads and the worker's lock.
        database_url: SQLAlchemy URL; empty means SQLite in the data folder.
        secret_key: signs the session cookie and form tokens.
        public_url: where readers reach us; links in letters begin with it.
        production: refuses what is fine only on a developer's machine.
        demo: shows sign-in cards for each role.
        today: a fixed day for demonstrations and tests; None follows the clock.
        processes: serving processes on this host.
        threads: serving threads in each process.
        trusted_proxies: how many proxies in front of us set X-Forwarded headers.
        smtp_host: mail server; empty keeps letters for the office to show.
        smtp_port: its port.
        smtp_user: name for signing in there; empty signs in nowhere.
        smtp_password: belongs to the name.
        smtp_starttls: whether the connection to it is encrypted by STARTTLS.
        sender: address that letters come from.
        session_idle_staff_minutes: staff without a request for so long must sign in again.
        session_idle_minutes: the same for everyone else.
        session_longest_minutes: everyone must sign in again after so long.
        upload_limit_mb: the largest request body, in megabytes.
        index_cache_mb: what each process keeps of the search index's postings, in megabytes.
        search_engine: an index on each host, or one in the store for all of them.
        index_check_seconds: the worker looks for damage of the search index so often.
        index_processes: that write a large index when it is made anew, one a processor at most.
    """

    data: Path = Path("instance")
    database_url: str = ""
    secret_key: str = ""
    public_url: str = "http://127.0.0.1:8000"
    production: bool = False
    demo: bool = False
    today: date | None = None
    processes: int = 1
    threads: int = 8
    trusted_proxies: int = 0
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_starttls: bool = True
    sender: str = "medienbruecke@localhost"
    session_idle_staff_minutes: int = 30
    session_idle_minutes: int = 480
    session_longest_minutes: int = 720
    upload_limit_mb: int = 256
    index_cache_mb: int = 128
    search_engine: SearchEngineKind = SearchEngineKind.WHOOSH
    index_check_seconds: int = 60
    index_processes: int = 2

    @property
    def store_url(self) -> str:
        """The database URL, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'store.sqlite'}"

    @property
    def index_folder(self) -> Path:
        """Where the search index lies."""
        return self.data / "index"

    @property
    def uploads_folder(self) -> Path:
        """Where covers, photos of defects and imported files lie."""
        return self.data / "uploads"

    @property
    def https(self) -> bool:
        """Whether readers reach us encrypted."""
        return self.public_url.startswith("https://")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings; makes the data folder and, outside production, a secret.

    Args:
        environment: variables to read; the process's own when left out.

    Raises:
        SettingsError: with every fault at once.
    """
    variables = os.environ if environment is None else environment
    faults: list[str] = []
    values = _values(variables, faults)
    if not faults:
        settings = Settings(**values)
        faults = _faults(settings, variables)
        if not faults:
            return _with_folder_and_secret(settings, values)
    raise SettingsError(faults)


def bind_settings(app: Flask, settings: Settings) -> None:
    """Let `current_settings()` work within `app`."""
    app.extensions[EXTENSION] = settings


def current_settings() -> Settings:
    """Return the settings of the application in whose context we run."""
    bound: Settings = current_app.extensions[EXTENSION]
    return bound


def _values(variables: Mapping[str, str], faults: list[str]) -> dict[str, Any]:
    known = {PREFIX + each.name.upper(): each for each in fields(Settings)}
    faults.extend(
        f"{name} is not a setting; docs/settings.md lists those that are."
        for name in sorted(variables)
        if name.startswith(PREFIX) and name not in known and not name.startswith(OF_TESTS)
    )
    values: dict[str, Any] = {}
    for name, each in known.items():
        if variables.get(name, "") == "":
            continue
        try:
            values[each.name] = _parsed(each, variables[name])
        except ValueError as error:
            faults.append(f"{name} {error}.")
    return values


def _parsed(setting: Field[Any], text: str) -> Any:  # noqa: ANN401  # as many types as settings
    parse = PARSERS[setting.type]
    return parse(text.strip())


def _switch(text: str) -> bool:
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise ValueError("is neither on nor off")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError("is not a whole number of zero or more")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a day such as 2026-12-03") from None


def _search_engine(text: str) -> SearchEngineKind:
    try:
        return SearchEngineKind(text.lower())
    except ValueError:
        raise ValueError("is neither whoosh nor postgres") from None


PARSERS: dict[Any, Callable[[str], Any]] = {
    Path: Path,
    str: str,
    bool: _switch,
    int: _number,
    date | None: _day,
    SearchEngineKind: _search_engine,
}


def _faults(settings: Settings, variables: Mapping[str, str]) -> list[str]:
    faults = [*_address_faults(settings), *_number_faults(settings), *_engine_faults(settings)]
    if settings.production:
        faults += _production_faults(settings, variables)
    return faults


def _address_faults(settings: Settings) -> list[str]:
    address = urlsplit(settings.public_url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        return [f"{PREFIX}PUBLIC_URL is not an http or https address."]
    if address.path.strip("/") or address.query or address.fragment:
        return [f"{PREFIX}PUBLIC_URL has a path; only scheme, host and port are used."]
    return []


def _number_faults(settings: Settings) -> list[str]:
    faults = [
        f"{PREFIX}{name.upper()} must be at least 1."
        for name in (
            "processes",
            "threads",
            "session_idle_staff_minutes",
            "session_idle_minutes",
            "session_longest_minutes",
            "upload_limit_mb",
            "index_cache_mb",
            "index_check_seconds",
            "index_processes",
        )
        if getattr(settings, name) < 1
    ]
    if not 1 <= settings.smtp_port <= LARGEST_PORT:
        faults.append(f"{PREFIX}SMTP_PORT must lie between 1 and {LARGEST_PORT}.")
    return faults


def _engine_faults(settings: Settings) -> list[str]:
    in_postgres = settings.search_engine is SearchEngineKind.POSTGRES
    if in_postgres and not settings.store_url.startswith("postgresql"):
        return [
            f"{PREFIX}SEARCH_ENGINE is postgres, but {PREFIX}DATABASE_URL names no PostgreSQL."
        ]
    return []


def _production_faults(settings: Settings, variables: Mapping[str, str]) -> list[str]:
    found = {
        "FLASK_DEBUG is on; production never debugs.": (
            variables.get("FLASK_DEBUG", "").lower() in YES
        ),
        f"{PREFIX}DEMO is on; production shows no sign-in cards.": settings.demo,
        f"{PREFIX}TODAY is set; production follows the clock.": settings.today is not None,
        f"{PREFIX}PUBLIC_URL is not https; production is reached encrypted only.": (
            not settings.https
        ),
        (
            f"{PREFIX}SECRET_KEY is missing, short or well known; it needs at least "
            f"{SHORTEST_SECRET} random characters."
        ): _weak(settings.secret_key),
        (
            f"{settings.index_folder} can be read by others; run "
            f"chmod 700 {settings.index_folder}."
        ): _open_to_others(settings.index_folder),
    }
    return [sentence for sentence, holds in found.items() if holds]


def _weak(secret: str) -> bool:
    return (
        len(secret) < SHORTEST_SECRET
        or len(set(secret)) < FEWEST_DIFFERENT_CHARACTERS
        or KNOWN_SECRETS.search(secret) is not None
    )


def _open_to_others(folder: Path) -> bool:
    return folder.exists() and bool(folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _with_folder_and_secret(settings: Settings, values: dict[str, Any]) -> Settings:
    try:
        for folder in (settings.data, settings.index_folder, settings.uploads_folder):
            folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        secret = settings.secret_key or _stored_secret(settings.data / "secret_key")
    except OSError as error:
        raise SettingsError([f"{PREFIX}DATA cannot be written: {error}."]) from error
    return Settings(**{**values, "secret_key": secret})


def _stored_secret(path: Path) -> str:
    """Return the secret kept at `path`; two processes that start at once agree on one."""
    if not path.exists():
        draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, OWNER_ONLY_FILE), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text("ascii").strip()
