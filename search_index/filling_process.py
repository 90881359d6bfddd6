"""A process that writes the documents it is sent into a folder; run by `whoosh_filling`."""

import sys
from pathlib import Path

from search_index.whoosh_files import fill
from search_index.whoosh_filling import received


def main() -> None:
    """Fill the folder named on the command line."""
    fill(Path(sys.argv[1]), received(), lambda _written: None)


if __name__ == "__main__":
    main()
