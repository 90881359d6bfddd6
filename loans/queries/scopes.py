"""A scope as parameters, for statements that are built once: building costs more than asking."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, SQLColumnExpression, bindparam, func, or_

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


def beside(column: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """Return a column such that no store looks it up in an index: another condition is narrower.

    SQLite knows no figures of its tables and takes a centre, with years of loans, for a better
    beginning than a handful of people, or than the few loans that are out.
    """
    return func.coalesce(column, column)
