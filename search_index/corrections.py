"""A reader's text with its typos mended by the words of the index."""

from collections.abc import Iterator
from itertools import islice

from search_index import german, typos
from search_index.fields import SCORED
from search_index.snapshot import Snapshot

MOST_TEXTS = 50
"""Titles looked at to learn how a word is really written."""


def correction(snapshot: Snapshot, text: str) -> str:
    """Return a text with its typos mended; empty if there is nothing to mend.

    A word needs mending that occurs nowhere and begins no word of the index.
    """
    known = snapshot.corrections.get(text)
    if known is None:
        known = _correction(snapshot, text)
        snapshot.corrections.keep(text, known, len(text) + len(known))
    return known


def _correction(snapshot: Snapshot, text: str) -> str:
    def is_known(word: str) -> bool:
        return _occurs(snapshot, word)

    def mend(word: str) -> str | None:
        parts = [each.neighbours for each in snapshot.segments]
        term = typos.meant(word, lambda typed: typos.near_in(parts, typed))
        return None if term is None else typos.spelling(term, _texts(snapshot, term))

    return typos.mended(text, is_known, mend)


def _occurs(snapshot: Snapshot, word: str) -> bool:
    terms = [term for term, _ in german.asked_forms(word)]
    if any(len(snapshot.postings(field, term).docs) for term in terms for field in SCORED):
        return True
    return bool(snapshot.terms_beginning(german.fold(word)))


def _texts(snapshot: Snapshot, term: str) -> Iterator[str]:
    for field in SCORED:
        documents = snapshot.postings(field, term).docs
        for number in islice(documents.tolist(), MOST_TEXTS):
            yield from snapshot.called(number)
