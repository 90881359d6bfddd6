"""Which segments of an index become one: few enough to read fast, never too large to count in.

A segment holds at most `LARGEST_MERGED` documents: Whoosh keeps at most 65,535 distinct sets of
values in a column and quietly drops what comes after; so many documents cannot have more.
"""

from collections.abc import Callable

from whoosh.codec.whoosh3 import W3Segment
from whoosh.writing import NO_MERGE, OPTIMIZE, SegmentWriter

MergePolicy = Callable[[SegmentWriter, list[W3Segment]], list[W3Segment]]

LARGEST_FILLED = 50_000
"""Documents of a segment of a new index."""

LARGEST_MERGED = 60_000
"""Documents of a segment that others were merged into."""

MOST_SEGMENTS = 8
"""So many are worth joining the small ones."""

MERGED_UP_TO = 2
"""A segment joins a merge if it is at most so many times as large as all smaller ones."""


def none() -> MergePolicy:
    """Return the policy of a change: readers wait for it, so it joins nothing."""
    return _on_living(NO_MERGE)


def small() -> MergePolicy:
    """Return a policy that makes one segment of the smallest, without what was deleted."""
    return _on_living(_merge_small)


def all_that_fit() -> MergePolicy:
    """Return a policy that makes one segment of as many as fit, without what was deleted."""
    return _on_living(_merge_fitting)


def _on_living(policy: MergePolicy) -> MergePolicy:
    """Drop segments without a living document first: merged, they make one Whoosh cannot read."""
    return lambda writer, segments: policy(writer, [each for each in segments if each.doc_count()])


def _merge_small(writer: SegmentWriter, segments: list[W3Segment]) -> list[W3Segment]:
    """Merge the smallest segments, so that a title is merged a few times in its life, not often.

    Whoosh's own policy never merges segments of some hundred documents, as imports leave them.
    """
    return _merge(writer, segments, MERGED_UP_TO)


def _merge_fitting(writer: SegmentWriter, segments: list[W3Segment]) -> list[W3Segment]:
    return _merge(writer, segments, LARGEST_MERGED)


def _merge(writer: SegmentWriter, segments: list[W3Segment], up_to: int) -> list[W3Segment]:
    """Merge the smallest segments that fit, each at most `up_to` times as large as all before."""
    by_size = sorted(segments, key=W3Segment.doc_count)
    taken, size = 0, 0
    while taken < len(by_size):
        larger = size + by_size[taken].doc_count()
        is_unlike = taken > 1 and larger - size > up_to * size
        if is_unlike or larger > LARGEST_MERGED:
            break
        taken, size = taken + 1, larger
    is_worth_it = taken > 1 or (taken == 1 and by_size[0].deleted_count() > 0)
    if not is_worth_it:
        return segments
    OPTIMIZE(writer, by_size[:taken])
    return by_size[taken:]
