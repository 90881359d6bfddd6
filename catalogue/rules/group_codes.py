"""Codes of a centre's own subject classification, such as EAF: «080 04 01»."""

import re

LONGEST_GROUP_CODE = 40
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]*")


def group_code(text: str) -> str | None:
    """Return a code with single blanks; None for what is none.

    A code is made of plain letters, digits, blanks and the signs . _ / - and has at most
    `LONGEST_GROUP_CODE` characters.

    Source: docs/rules.md, Imports 3.6.
    """
    code = " ".join(text.split())
    return code if len(code) <= LONGEST_GROUP_CODE and _CODE.fullmatch(code) else None
