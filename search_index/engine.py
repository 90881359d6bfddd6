"""What a search engine must do and the values it speaks: in `whoosh_engine`, `postgres_engine`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import Protocol

HITS_PER_PAGE = 20
MOST_HITS_PER_PAGE = 200


class Facet(StrEnum):
    """What a list of findings can be narrowed by."""

    SUBJECT = "subject"
    CONTENT_FIELD = "content_field"
    GRADE = "grade"
    SCHOOL_FORM = "school_form"
    MEDIA_TYPE = "media_type"
    MEDIA_COMPETENCE = "media_competence"
    LEARNING_COMPETENCE = "learning_competence"
    LANGUAGE = "language"
    YEAR = "year"
    AVAILABILITY = "availability"
    GROUP = "group"


class Reach(StrEnum):
    """The values of `Facet.AVAILABILITY`: how a title gets into the classroom."""

    ONLINE = "online"
    LENDABLE = "lendable"


class Sort(StrEnum):
    """The order of the findings; ties go to the younger title."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    TITLE = "title"
    LENT = "lent"


class HealthState(StrEnum):
    """Whether the index answers."""

    READY = "ready"
    MISSING = "missing"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Document:
    """A title as the index sees it: words to match and values to filter by, no availability.

    Attributes:
        title_id: key of the title; one document each.
        name: matched with the highest weight, like `subtitle` and `series` after it.
        keywords: weigh less than the series, more than the summary.
        topics: words for the codes below, so that «Biologie» finds what is filed under it.
        numbers: media number, ISBN, inventory numbers and barcodes; found only as a whole.
        kind: a `TitleKind` value; told to readers of the document, no facet.
        year: of publication, or None.
        online: can be used without fetching anything.
        lendable: some centre has a copy to hand out, be it on loan just now.
        centre_ids: centres in whose catalogue it shows.
        added_on: day the title came into the catalogue.
        sort_name: ordered bytewise by `Sort.TITLE`; see `german.sort_key`.
        groups: codes of a centre's own subject classification (EAF), with the groups above them.
        lent: loans of the last year, counted at night; ordered by `Sort.LENT`.
    """

    title_id: int
    name: str
    subtitle: str = ""
    series: str = ""
    keywords: tuple[str, ...] = ()
    summary: str = ""
    persons: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    media_type: str = ""
    kind: str = ""
    subjects: frozenset[str] = frozenset()
    content_fields: frozenset[str] = frozenset()
    grades: frozenset[int] = frozenset()
    school_forms: frozenset[str] = frozenset()
    media_competences: frozenset[str] = frozenset()
    learning_competences: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    year: int | None = None
    online: bool = False
    lendable: bool = False
    centre_ids: frozenset[int] = frozenset()
    added_on: date = date.min
    sort_name: str = ""
    groups: frozenset[str] = frozenset()
    lent: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What the reader asked: free words, with filters that narrow them.

    Attributes:
        words: free text, understood as `search_index.query.parse` says; empty asks for everything
            the filters allow.
        filters: values wanted by facet; any of a facet's values will do, every facet must.
        centre_ids: only titles in the catalogue of one of these; None for all centres.
        home_centre_ids: titles held there come first among those that rank alike.
        excluded: titles masked out of hits and counts, such as those not free in a period.
        as_written: take the words as they are, with no typo mended.
        typing: the last word is still being typed, so it may be the beginning of one.
        facets: those to count; who shows none is answered sooner without.
        page: 1 for the first; a page behind the last is empty.
        per_page: 1 to `MOST_HITS_PER_PAGE`.
    """

    words: str = ""
    filters: Mapping[Facet, frozenset[str]] = field(default_factory=dict)
    centre_ids: frozenset[int] | None = None
    home_centre_ids: frozenset[int] = frozenset()
    excluded: frozenset[int] = frozenset()
    as_written: bool = False
    typing: bool = False
    facets: frozenset[Facet] = frozenset(Facet)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = HITS_PER_PAGE


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of findings.

    Attributes:
        title_ids: best first, at most `Question.per_page`.
        total: findings on all pages.
        facets: by facet asked for, value and number of findings, commonest first. The counts
            ignore the facet's own selection; a selected value is there even with 0 findings.
        loosened: few had all the words, so titles with some of them stand behind those.
        correction: the reader's words with typos mended, where that finds more; else empty.
        corrected: the words as written found nothing, so these are the findings of `correction`.
        limited: answered from the store while the index was away, so facets may be missing.
    """

    title_ids: tuple[int, ...]
    total: int
    facets: Mapping[Facet, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    loosened: bool = False
    correction: str = ""
    corrected: bool = False
    limited: bool = False


class SuggestionKind(StrEnum):
    """What a suggestion leads to."""

    TITLE = "title"
    SERIES = "series"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One way to end what a reader began to type.

    Attributes:
        text: as it is shown: a title, a series, or the code of a subject.
        title_id: of a title, else None.
    """

    kind: SuggestionKind
    text: str
    title_id: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Titles to write anew and titles to take out.

    Attributes:
        documents: titles as they are now, new or known.
        gone: titles that are no longer there; one without a document is passed over.
    """

    documents: tuple[Document, ...] = ()
    gone: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Health:
    """How an index is.

    Attributes:
        documents: titles that can be found.
        position: id of the last note worked off.
        fault: one sentence for the operator, empty while ready.
    """

    state: HealthState
    documents: int = 0
    position: int = 0
    fault: str = ""


class SearchEngine(Protocol):
    """Stores documents and answers questions. One writer at a time; any number of readers."""

    def search(self, question: Question) -> Answer:
        """Answer a question, whatever its words hold.

        Raises:
            IndexUnavailableError: there is no index to be trusted.
        """

    def suggest(
        self, beginning: str, centre_ids: frozenset[int] | None, most: int
    ) -> tuple[Suggestion, ...]:
        """Return what a reader may mean who typed a beginning: subjects, series, then titles.

        Every word typed must begin a word of the text suggested; of few the commonest come first.

        Raises:
            IndexUnavailableError: there is no index to be trusted.
        """

    def similar(
        self, title_id: int, centre_ids: frozenset[int] | None, most: int
    ) -> tuple[int, ...]:
        """Return titles most like one in words and subjects, likest first, without itself.

        Raises:
            IndexUnavailableError: there is no index to be trusted.
        """

    def apply(self, changes: Changes, position: int) -> None:
        """Write changes, all of them or none; on return readers see them.

        Applying the same changes again leaves the index as it was.

        Raises:
            IndexBusyError: another process writes.
            IndexUnavailableError: there is no index to write into; rebuild it.
            IndexWriteError: the disk is full or the folder closed to us.
        """

    def rebuild(
        self,
        documents: Iterable[Document],
        position: int,
        progress: Callable[[int], None] = lambda _written: None,
    ) -> None:
        """Fill a new index beside the live one, then switch; readers never see a part of it.

        Args:
            documents: every title, once.
            position: id of the last note that `documents` is sure to contain.
            progress: told the number written so far, now and then.

        Raises:
            IndexBusyError: another process writes.
        """

    def position(self) -> int:
        """Return the id of the last note worked off, 0 for none."""

    def digests(self) -> Mapping[int, str]:
        """Return `digest` of each document by title, as they were when written.

        Raises:
            IndexUnavailableError: there is no index to be trusted.
        """

    def settle(self) -> None:
        """Join the newest of what many small changes left, where that is much; cheap if not.

        Apart from `apply`, so that no reader waits for it. Call it after each.

        Raises:
            IndexBusyError: another process writes.
            IndexUnavailableError: there is no index to be trusted.
            IndexWriteError: the disk is full or the folder closed to us.
        """

    def merge(self) -> None:
        """Tidy what many small changes left; searching goes on. For the night.

        Raises:
            IndexBusyError: another process writes.
            IndexUnavailableError: there is no index to be trusted.
            IndexWriteError: the disk is full or the folder closed to us.
        """

    def withdraw(self, fault: str) -> None:
        """Let no process of this host trust the index until it is rebuilt; never raises.

        Args:
            fault: why, one sentence for the operator.
        """

    def check(self, most_bytes: int | None = None) -> Health:
        """Compare the stored files with their checksums, then tell how the index is.

        Args:
            most_bytes: read about so much only, what was read longest ago first; files that look
                changed are read in any case. None reads everything.
        """

    def health(self) -> Health:
        """Tell how the index is, quickly and without raising."""


def digest(document: Document) -> str:
    """Return 16 hexadecimal digits that differ when any field of two documents differs."""
    values = (getattr(document, each.name) for each in fields(document))
    plain = [sorted(value) if isinstance(value, frozenset) else value for value in values]
    return blake2b(repr(plain).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
