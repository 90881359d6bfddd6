"""The command says what is wrong in sentences."""

import os
import subprocess
import sys

SCRIPT = "import sys; from app.commands.main import main; sys.argv[0] = 'medienbruecke'; main()"


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if "MEDIENBRUECKE" not in name}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *words],
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_is_there() -> None:
    answer = run("--help")
    assert answer.returncode == 0
    assert "Usage: medienbruecke" in answer.stdout


def test_an_unknown_word_is_wrong_usage() -> None:
    answer = run("fly")
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr
