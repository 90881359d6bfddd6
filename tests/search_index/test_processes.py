"""Several processes and threads on one index."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from search_index.engine import HealthState
from search_index.errors import IndexUnavailableError
from search_index.index_root import IndexRoot
from search_index.whoosh_engine import WhooshEngine
from tests.effort import times
from tests.search_index.library import a_document, ask, fill, found

MOST_SECONDS = 1.0
"""From the end of a change to the first search that sees it, in another process."""

WRITER = """
import sys
from pathlib import Path
from search_index.whoosh_engine import WhooshEngine
from tests.search_index.library import a_document, fill

index = WhooshEngine(Path(sys.argv[1]))
for number in range(1, int(sys.argv[2]) + 1):
    fill(index, a_document(number, f"Vulkane Band{number}"))
    print(number, flush=True)
"""


def start_writer(index_folder: Path, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-W", "ignore", "-c", WRITER, str(index_folder), str(count)]
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)


def test_what_one_process_writes_another_finds_within_a_second(index_folder: Path) -> None:
    index = WhooshEngine(index_folder)
    index.rebuild([], 0)

    with start_writer(index_folder, 12) as writer:
        assert writer.stdout
        for line in writer.stdout:
            number = int(line)
            deadline = time.monotonic() + MOST_SECONDS
            while found(index, f"Band{number}") != [number]:
                assert time.monotonic() < deadline

    assert ask(index, "Vulkane").total == 12


def test_a_reader_opened_during_changes_and_rebuilds_answers_rightly(index_folder: Path) -> None:
    index = WhooshEngine(index_folder)
    index.rebuild([a_document(number, "Vulkane") for number in range(100, 120)], 0)

    with start_writer(index_folder, 15) as writer:
        while writer.poll() is None:
            assert ask(WhooshEngine(index_folder), "Vulkane").total >= 20
    for _ in range(5):
        index.rebuild([a_document(number, "Vulkane") for number in range(100, 120)], 0)
        assert ask(WhooshEngine(index_folder), "Vulkane").total == 20


def test_a_forked_process_reads_and_writes_for_itself(index_folder: Path) -> None:
    index = WhooshEngine(index_folder)
    index.rebuild([a_document(number, f"Vulkane Wort{number}") for number in range(1, 200)], 0)
    ask(index)

    child = os.fork()
    if child == 0:
        for number in range(1, 200):
            if ask(index, f"Vulkane Wort{number}").total != 1:
                os._exit(1)
        fill(index, a_document(500, "Gletscher"))
        os._exit(0)
    right = all(ask(index, f"Vulkane Wort{number}").total == 1 for number in range(1, 200))
    _, status = os.waitpid(child, 0)

    assert right
    assert os.waitstatus_to_exitcode(status) == 0
    assert found(index, "Gletscher") == [500]


def test_threads_share_an_engine_while_it_changes(index_folder: Path) -> None:
    index = WhooshEngine(index_folder)
    index.rebuild([a_document(number, f"Vulkane Wort{number}") for number in range(1, 300)], 0)
    wrong: list[object] = []
    done = threading.Event()

    def read(first: int) -> None:
        number = first
        while not done.is_set():
            number = number % 299 + 1
            answer = ask(index, f"Vulkane Wort{number}")
            if answer.title_ids != (number,):
                wrong.append((number, answer))

    readers = [threading.Thread(target=read, args=(start * 40,)) for start in range(6)]
    for reader in readers:
        reader.start()
    try:
        for number in range(times(ci=20, soak=400)):
            fill(index, a_document(1000 + number, "Gletscher"))
        index.merge()
        index.rebuild([a_document(number, f"Vulkane Wort{number}") for number in range(1, 300)], 0)
    finally:
        done.set()
        for reader in readers:
            reader.join()

    assert not wrong


def test_a_writer_killed_at_any_moment_leaves_a_whole_index_or_one_known_as_broken(
    index_folder: Path,
) -> None:
    for round_ in range(times(ci=4, soak=40)):
        index = WhooshEngine(index_folder)
        index.rebuild([], 0)
        with start_writer(index_folder, 1000) as writer:
            assert writer.stdout
            lines = [writer.stdout.readline() for _ in range(round_ % 4 + 1)]
            time.sleep(round_ % 7 * 0.005)
            writer.send_signal(signal.SIGKILL)

        reopened = WhooshEngine(index_folder)
        try:
            assert ask(reopened, "Vulkane").total >= int(lines[-1])
            fill(reopened, a_document(5000, "Gletscher"))
        except IndexUnavailableError:
            reopened.rebuild([a_document(5000, "Gletscher")], 0)
        assert found(reopened, "Gletscher") == [5000]
        assert reopened.check().state is HealthState.READY
        assert IndexRoot(index_folder).live_folder().is_dir()
