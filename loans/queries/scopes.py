"""A scope as parameters, for statements that are built once: building costs more than asking."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, SQLColumnExpression, bindparam, or_

from schools.rules.roles import Scope


def in_scope(
    centre_id: SQLColumnExpression[Any], institution_id: SQLColumnExpression[Any]
) -> ColumnElement[bool]:
    """Return the condition on two columns to lie in the scope that `scope_values` fills in."""
    return or_(
        bindparam("scope_everything", type_=Boolean()),
        centre_id.in_(bindparam("scope_centre_ids", expanding=True)),
        institution_id.in_(bindparam("scope_institution_ids", expanding=True)),
    )


def scope_values(scope: Scope) -> dict[str, Any]:
    """Return the parameters of `in_scope`."""
    return {
        "scope_everything": scope.everything,
        "scope_centre_ids": list(scope.centre_ids),
        "scope_institution_ids": list(scope.institution_ids),
    }
