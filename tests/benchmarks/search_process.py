"""A process that opens an index, answers, and tells how it went; run by `search_ours`.

Told: the index's folder, the MiB it may keep decoded, a file of pickled questions. Writes a line
as soon as the first question is answered, then, when all are, the megabytes the process takes.
"""

import pickle
import sys
from pathlib import Path

from search_index.whoosh_engine import WhooshEngine

KILOBYTES_A_MEGABYTE = 1024


def main() -> None:
    """Answer all questions of the file."""
    folder, memory_mb, questions = sys.argv[1:]
    engine = WhooshEngine(Path(folder), memory_mb=int(memory_mb))
    asked = pickle.loads(Path(questions).read_bytes())  # noqa: S301  # written by our parent
    engine.search(asked[0])
    _tell("answered")
    for question in asked:
        engine.search(question)
    _tell(f"{_megabytes():.1f}")


def _megabytes() -> float:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / KILOBYTES_A_MEGABYTE


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


main()
