"""Logging: one event, one line of JSON, whatever the event's text holds."""

import json
import logging
import sys
import time
from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask, Response, g, request

from app.visitor import visitor

log = logging.getLogger("app.requests")

QUIET_ENDPOINTS = frozenset({"static", "frame.health"})


class JsonLines(logging.Formatter):
    """Writes a record as one line; line breaks and control characters are escaped by JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON."""
        event: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            event["traceback"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=True, default=str)


def configure_logs(level: int = logging.INFO) -> None:
    """Send all logging of this process to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)


def log_requests(app: Flask) -> None:
    """Log one line for each request: what, how it ended, how long; no address, no fields."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()
    g.request_id = uuid4().hex[:12]


def _end(response: Response) -> Response:
    if request.endpoint in QUIET_ENDPOINTS or "began" not in g:
        return response
    response.headers["X-Request-Id"] = g.request_id
    log.info("request", extra={"facts": _facts(response)})
    return response


def _facts(response: Response) -> dict[str, object]:
    found = visitor()
    return {
        "request": g.request_id,
        "method": request.method,
        "page": None if request.url_rule is None else request.url_rule.rule,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.began) * 1000, 1),
        "account": None if found is None else found.actor.account_id,
    }
