"""docs/roles.md is the table of `schools.rules.roles`, written for people."""

from pathlib import Path

from schools.rules.roles import RIGHTS, Right, Role

PAGE = Path(__file__).parents[2] / "docs" / "roles.md"

HEAD = """# Who may do what

Made from `schools/rules/roles.py`, which the application asks and the tests walk. A cell says
how far the right reaches: *own* what belongs to the person, *institution* the school the role
is held at, *centre* the media centre with all it serves, *everything* the whole installation.
An empty cell is a refusal. Visiting needs no account.

"""


def page() -> str:
    roles = list(Role)
    lines = [
        "| right | " + " | ".join(role.value.replace("_", " ") for role in roles) + " |",
        "|---" * (len(roles) + 1) + "|",
    ]
    for right in Right:
        reaches = [RIGHTS[role].get(right) for role in roles]
        cells = " | ".join(reach.value if reach else "" for reach in reaches)
        lines.append(f"| {right.value.replace('_', ' ')} | {cells} |")
    return HEAD + "\n".join(lines) + "\n"


def test_the_page_says_what_the_table_says() -> None:
    assert PAGE.read_text() == page(), "write docs/roles.md anew: print(page())"
