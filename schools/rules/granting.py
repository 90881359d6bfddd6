"""Who may give which role: never one that reaches further than one's own."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from schools.rules.roles import Actor, Grant, Role

AT_SCHOOL = frozenset({Role.TEACHER, Role.SCHOOL_ADMIN})
"""Roles held at an institution; the others, but for the system's, are held at a centre."""

MAY_GIVE: Mapping[Role, frozenset[Role]] = {
    Role.SCHOOL_ADMIN: AT_SCHOOL,
    Role.CENTRE_ADMIN: frozenset(Role) - {Role.SYSTEM_ADMIN},
    Role.SYSTEM_ADMIN: frozenset(Role),
}
"""Who is not named here gives none."""


class GrantFault(StrEnum):
    """Why a role cannot be given."""

    NOT_YOURS_TO_GIVE = "not_yours_to_give"
    PLACE_MISSING = "place_missing"
    PLACE_DOES_NOT_FIT = "place_does_not_fit"
    HELD_ALREADY = "held_already"
    ADDRESS_TAKEN = "address_taken"
    SCHOOL_CLOSED = "school_closed"
    OWN_ACCOUNT = "own_account"
    NOT_YOURS_TO_MANAGE = "not_yours_to_manage"


def may_give(by: Actor, role: Role, centre_id: int | None, institution_id: int | None) -> bool:
    """Say whether `by` may give the role at that place.

    Args:
        by: whoever gives it.
        role: what is given.
        centre_id: the centre; for roles at a school, the centre that serves it.
        institution_id: the school, for roles held at one.

    Source:
        docs/rules.md, Accounts 1.6.
    """
    return any(
        role in MAY_GIVE.get(grant.role, frozenset())
        and (
            grant.role is Role.SYSTEM_ADMIN
            or (grant.role is Role.CENTRE_ADMIN and grant.centre_id == centre_id is not None)
            or (
                grant.role is Role.SCHOOL_ADMIN
                and grant.institution_id == institution_id is not None
            )
        )
        for grant in by.grants
    )


def may_manage(by: Actor, held: Iterable[Grant]) -> bool:
    """Say whether `by` may disable an account: only with a say over every role it holds.

    Source:
        docs/rules.md, Accounts 1.6.
    """
    return all(may_give(by, each.role, each.centre_id, each.institution_id) for each in held)


def place_fault(
    role: Role, centre_id: int | None, institution_id: int | None
) -> GrantFault | None:
    """Return what is wrong with the place a role is to be held at, if anything.

    Args:
        role: what is given.
        centre_id: as the grant will name it.
        institution_id: as the grant will name it.
    """
    wanted = (role not in AT_SCHOOL | {Role.SYSTEM_ADMIN}, role in AT_SCHOOL)
    named = (centre_id is not None, institution_id is not None)
    if named == wanted:
        return None
    missing = any(want and not have for want, have in zip(wanted, named, strict=True))
    return GrantFault.PLACE_MISSING if missing else GrantFault.PLACE_DOES_NOT_FIT


class RegistrationFault(StrEnum):
    """Why a registration cannot be decided."""

    NOT_TO_DECIDE = "not_to_decide"
    """Decided already, or the school's mailbox has not proved it yet."""
