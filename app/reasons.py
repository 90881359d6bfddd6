"""Why something was refused, for staff: the sentence, who may overrule it, and where it is set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import url_for
from flask_babel import gettext as _

from app.labels import label
from app.refusals import sentence
from loans.errors import Refused
from loans.rules.codes import OVERRIDES, values_behind
from schools.rules.roles import RIGHTS, Role


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what a wish is about, as far as it is known.

    Attributes:
        institution_id: for whom it is.
        holding_id: what it names.
        copy_id: the copy, where no holding is known.
    """

    institution_id: int | None = None
    holding_id: int | None = None
    copy_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One refusal as staff see it.

    Attributes:
        code: of the refusal.
        sentence: in the reader's language.
        who_may: who may overrule it, as a sentence.
        address: of the page that explains the terms behind it; empty for other refusals.
    """

    code: str
    sentence: str
    who_may: str
    address: str


def reasons(refusals: Iterable[Refused], about: About) -> list[Reason]:
    """Return every reason in its order, those that read the same once.

    Source:
        docs/rules.md, Lending 2.3 and 8.3.
    """
    said = {sentence(refused): refused.code for refused in refusals}
    return [
        Reason(str(code), words, who_may_override(code), _address(code, about))
        for words, code in said.items()
    ]


def who_may_override(code: StrEnum) -> str:
    """Say in the reader's language who may overrule a refusal, or that nobody may.

    Source:
        docs/rules.md, Lending 8.3.
    """
    right = OVERRIDES[code]
    if right is None:
        return str(_("Nobody may overrule this."))
    roles = [label(role) for role in Role if right in RIGHTS[role]]
    return str(_("May be overruled with a reason by: %(roles)s.", roles=", ".join(roles)))


def terms_address(about: About, values: Sequence[str]) -> str:
    """Return the address of the page that explains some values of the terms, at the first."""
    return url_for(
        "office_terms_explained.explain",
        institution=about.institution_id,
        holding=about.holding_id,
        copy=about.copy_id if about.holding_id is None else None,
        why=list(values),
        _anchor=values[0],
    )


def _address(code: StrEnum, about: About) -> str:
    behind = values_behind(code)
    return terms_address(about, behind) if behind else ""
