"""Telling names from codes in the one field of the desk."""

from app.sessions import session
from app.visitor import actor
from loans.queries.borrowers import FEWEST_LETTERS
from loans.queries.scanned import scanned
from schools.models.media_centre import Branch
from schools.rules.roles import Right

JOINERS = " -.'’,"


def is_name(text: str, branch_id: int) -> bool:
    """Say whether letters stand for no code of the branch's centre and so may be a name."""
    letters = text.translate({ord(sign): None for sign in JOINERS})
    if len(letters) < FEWEST_LETTERS or not letters.isalpha():
        return False
    if text.upper().startswith(("CMD-", "MZ-", "P-", "R-", "B-")):
        return False
    branch = session().get(Branch, branch_id)
    if branch is None:
        return False
    return scanned(session(), actor().scope(Right.LEND), branch.centre_id, text) is None
