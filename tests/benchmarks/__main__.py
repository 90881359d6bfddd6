"""`python -m tests.benchmarks [PART ...]`: pages, imports, start, the demo."""

from tests.benchmarks import demo, imports, pages, start, statements
from tests.benchmarks.running import run_parts

run_parts(
    "make bench",
    {
        "pages": pages.figures,
        "statements": statements.figures,
        "imports": imports.figures,
        "start": start.figures,
        "demo": demo.figures,
    },
)
