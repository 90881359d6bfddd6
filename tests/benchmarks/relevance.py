"""`make bench-relevance`: how well search answers what teachers type, and where it fails."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from search_index.whoosh_engine import WhooshEngine
from tests.benchmarks.demo_documents import demo_documents
from tests.benchmarks.figures import Figure, at_least, at_most
from tests.benchmarks.relevance_measures import Outcome, outcomes, quality
from tests.benchmarks.relevance_questions import Grade, held_out_questions, open_questions

GAIN_WANTED = 0.9
RECALL_WANTED = 0.9
MOST_WITHOUT_HITS = 0.02
MOST_FAILED = 0.05
HITS_SHOWN = 5


def main() -> None:
    """Print a line a figure, then the failures; those held out only when asked for."""
    parser = argparse.ArgumentParser(prog="make bench-relevance", description=__doc__)
    parser.add_argument(
        "--held-out",
        action="store_true",
        help="show the failures among the questions held out too; do not tune after that",
    )
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        documents = demo_documents()
        engine = WhooshEngine(Path(folder) / "index")
        engine.rebuild(documents, 0)
        names = {each.title_id: each.name for each in documents}
        known = outcomes(engine, names, open_questions())
        held_out = outcomes(engine, names, held_out_questions())
    for figure in [*figures("open", known), *figures("held out", held_out), *_by_kind(known)]:
        _say(figure.line())
    for each in filter(_has_failed, [*known, *(held_out if asked.held_out else ())]):
        _say(failure(each))


def figures(part: str, asked: Sequence[Outcome]) -> Iterator[Figure]:
    """Return the totals of a part of the questions."""
    found = quality(asked)
    title = f"{len(asked)} questions {part}"
    yield at_least(f"{title}: nDCG@10", found.gain, "", GAIN_WANTED)
    yield at_least(f"{title}: recall@20", found.recall, "", RECALL_WANTED)
    yield at_most(f"{title}: without hits", found.nothing, "", MOST_WITHOUT_HITS)
    yield at_most(f"{title}: failed", found.failed, "", MOST_FAILED)


def failure(outcome: Outcome) -> str:
    """Return a paragraph: the question, what should have come first, and what came."""
    judged = outcome.judged
    wanted = [name for name, grade in judged.grades.items() if grade is Grade.BEST]
    missing = [name for name in wanted if name not in outcome.names]
    came = [f"{_mark(judged.grades, name)} {name}" for name in outcome.names[:HITS_SHOWN]]
    return "\n  ".join(
        (
            f"\n{judged.kind}: {judged.words}\tnDCG {outcome.gain:.2f}",
            f"came: {', '.join(came) or 'nothing'}",
            f"missing of the best: {', '.join(missing[:HITS_SHOWN]) or 'none'}",
        )
    )


def _by_kind(asked: Sequence[Outcome]) -> Iterator[Figure]:
    for kind in dict.fromkeys(each.judged.kind for each in asked):
        of_kind = [each for each in asked if each.judged.kind == kind]
        yield Figure(f"{len(of_kind)} open, {kind}: nDCG@10", quality(of_kind).gain, "")


def _has_failed(outcome: Outcome) -> bool:
    return outcome.failed


def _mark(grades: Mapping[str, Grade], name: str) -> str:
    return f"[{grades[name].value if name in grades else 0}]"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
