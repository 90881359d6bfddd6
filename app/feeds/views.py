"""Feeds: make one, show its link and code, renew it, end it; and the feed itself."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import NotFound, UnprocessableEntity

from app.answers import earlier_answer, keep_answer
from app.feeds.events import events_of
from app.feeds.file import feed_file
from app.languages import LOCALES
from app.letters import host_of
from app.qr import QUIET_ZONE, qr_drawing
from app.security import requires
from app.sessions import session
from app.settings import current_settings
from app.signed_links import absolute, read_token, same_nonce, token_of
from app.today import now, today
from app.visitor import actor
from database.unit_of_work import unit_of_work
from loans.models.feed import Feed, FeedKind
from loans.operations.keep_feeds import end_feed, make_feed, note_read, renew_feed
from loans.queries.feeds import (
    FeedSubject,
    feed_of,
    feed_of_link,
    feeds_of,
    key_of,
    subject_of,
    subjects_of,
)
from schools.queries.signed_in import actor_of_account, locale_of_account
from schools.rules.roles import Right

feeds = Blueprint("feeds", __name__, url_prefix="/feeds")

PURPOSE = "feed"
MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Offer:
    """A feed that somebody may have; `feed_id` is None until it is made."""

    subject: FeedSubject
    name: str
    feed_id: int | None
    last_read_on: date | None


@feeds.get("")
@requires(Right.OWN_ACCOUNT)
def feed_list() -> ResponseReturnValue:
    """List the feeds that the visitor has or may make, by kind."""
    made = {(feed.kind, key_of(feed)): feed for feed in feeds_of(session(), actor())}
    offers: dict[FeedKind, list[Offer]] = {}
    for subject in subjects_of(session(), actor()):
        feed = made.get((subject.kind, subject.key))
        offers.setdefault(subject.kind, []).append(
            Offer(
                subject,
                _name(subject),
                None if feed is None else feed.id,
                None if feed is None else feed.last_read_on,
            )
        )
    return render_template("feeds/feeds.html", offers=offers)


@feeds.post("")
@requires(Right.OWN_ACCOUNT)
def make() -> ResponseReturnValue:
    """Make a feed, and show its link."""
    kind, key = request.form.get("kind", ""), request.form.get("key", "")
    if kind not in set(FeedKind) or not (key.isascii() and key.isdigit()):
        raise UnprocessableEntity
    if len(key) > MOST_DIGITS:
        raise NotFound
    with unit_of_work(session()):
        answer = earlier_answer()
        if answer is None:
            made = make_feed(session(), FeedKind(kind), int(key), actor(), now())
            answer = {"feed": made.id}
            keep_answer(answer)
    return redirect(f"/feeds/{answer['feed']}", 303)


@feeds.get("/<int:feed_id>")
@requires(Right.OWN_ACCOUNT)
def show(feed_id: int) -> ResponseReturnValue:
    """Show a feed's link, with its code, and what can be done with it."""
    feed = feed_of(session(), feed_id, actor())
    subject = None if feed is None else _subject(feed)
    if feed is None or subject is None:
        raise NotFound
    address = _address(feed)
    return render_template(
        "feeds/feed.html",
        feed=feed,
        name=_name(subject),
        address=address,
        subscribe=address.replace("https://", "webcal://").replace("http://", "webcal://"),
        drawing=qr_drawing(address, border=QUIET_ZONE),
    )


@feeds.post("/<int:feed_id>/renew")
@requires(Right.OWN_ACCOUNT)
def renew(feed_id: int) -> ResponseReturnValue:
    """Give a feed another link."""
    with unit_of_work(session()):
        if earlier_answer() is None:
            renew_feed(session(), feed_id, actor(), now())
            keep_answer({"feed": feed_id})
    flash(_("The calendar has a new link. The old one is dead."), "success")
    return redirect(f"/feeds/{feed_id}", 303)


@feeds.post("/<int:feed_id>/end")
@requires(Right.OWN_ACCOUNT)
def end(feed_id: int) -> ResponseReturnValue:
    """End a feed."""
    with unit_of_work(session()):
        if earlier_answer() is None:
            end_feed(session(), feed_id, actor(), now())
            keep_answer({"feed": feed_id})
    flash(_("The calendar is ended. Its link is dead."), "success")
    return redirect("/feeds", 303)


@feeds.get("/<token>.ics")
@requires(Right.VISIT)
def read(token: str) -> ResponseReturnValue:
    """Give a feed to whoever has its link, while its maker may still see what it shows."""
    feed = _of_link(token)
    by = None if feed is None else actor_of_account(session(), feed.account_id, now())
    subject = (
        None if feed is None or by is None else subject_of(session(), feed.kind, key_of(feed), by)
    )
    if feed is None or subject is None:
        raise NotFound
    spoken = LOCALES.get(locale_of_account(session(), feed.account_id), LOCALES["de"])
    with force_locale(spoken):
        events = events_of(session(), subject, today())
        content = feed_file(_name(subject), events, host_of(current_settings().public_url))
    feed_id, last_read_on = feed.id, feed.last_read_on
    if last_read_on != today():
        _note_read(feed_id)
    return _as_file(content)


def _note_read(feed_id: int) -> None:
    """Note the reading once a day; a store that is busy just now keeps nobody from reading."""
    with suppress(OperationalError), unit_of_work(session()):
        note_read(session(), feed_id, today())


def _as_file(content: bytes) -> Response:
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'inline; filename="medienbruecke.ics"'
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Cache-Control"] = "no-cache, private"
    answer.set_etag(hashlib.sha256(content).hexdigest()[:32])
    answer.make_conditional(request)
    return answer


def _of_link(token: str) -> Feed | None:
    named = read_token(PURPOSE, token)
    feed = None if named is None else feed_of_link(session(), named[0])
    if named is None or feed is None or not same_nonce(feed.nonce, named[1]):
        return None
    return feed


def _subject(feed: Feed) -> FeedSubject | None:
    return subject_of(session(), feed.kind, key_of(feed), actor())


def _address(feed: Feed) -> str:
    return absolute(f"/feeds/{token_of(PURPOSE, feed.id, feed.nonce)}.ics")


def _name(subject: FeedSubject) -> str:
    if subject.kind is FeedKind.PERSON:
        return str(_("My media"))
    if subject.kind is FeedKind.ROUTE:
        return str(_("Tour %(route)s", route=subject.name))
    return subject.name
