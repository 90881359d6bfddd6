"""Units and a school year's plan, collective orders, and what a loan is for."""

from tests.journeys.sights import (
    ADMIN,
    MAIN_FORM,
    NEW_ADMIN,
    NEW_TEACHER,
    STAFF,
    TEACHER,
    Sent,
    Sight,
)

UNITS = (
    Sight("units.unit", TEACHER, "/units/{unit}"),
    Sight("units.unit", ADMIN, "/units/{unit}?year=2027", note="next-year"),
    Sight("units.unit", TEACHER, "/units/{running_unit}", note="running"),
    Sight(
        "units.unit",
        TEACHER,
        "/units/{running_unit}",
        Sent("#plan", {"place": "{courier}"}),
        409,
        "refused",
    ),
    Sight("units.unit", TEACHER, "/units/{bare_unit}", note="empty"),
    Sight("units.unit", TEACHER, "/units/{taken_unit}", note="taken"),
    Sight("units.unit", TEACHER, "/units/{taken_unit}", Sent("#plan"), 422, "nothing-chosen"),
    Sight("units.unit", TEACHER, "/units/99999999", None, 404, "not-found"),
    Sight("year_plans.plan", TEACHER, "/plan"),
    Sight("year_plans.plan", TEACHER, "/plan?every=1&year=2027", note="every-unit"),
    Sight("year_plans.plan", TEACHER, "/plan?subject=XX", note="own-subjects"),
    Sight("year_plans.plan", ADMIN, "/plan"),
    Sight("year_plans.plan", NEW_TEACHER, "/plan"),
)

ORDERS = (
    Sight("orders.order_list", TEACHER, "/orders"),
    Sight("orders.order_list", ADMIN, "/orders"),
    Sight("orders.order_list", STAFF, "/orders"),
    Sight("orders.order_list", NEW_TEACHER, "/orders"),
    Sight("orders.order_list", NEW_ADMIN, "/orders"),
    Sight("orders.new_order", ADMIN, "/orders/new"),
    Sight("orders.new_order", STAFF, "/orders/new"),
    Sight("orders.new_order", ADMIN, "/orders/new", Sent(MAIN_FORM), 422, "empty"),
    Sight(
        "orders.new_order",
        ADMIN,
        "/orders/new",
        Sent(MAIN_FORM, {"from": "2026-12-12", "until": "2026-12-13"}),
        409,
        "refused",
    ),
    Sight("orders.order", TEACHER, "/orders/{order}"),
    Sight("orders.order", ADMIN, "/orders/{order}"),
    Sight("orders.order", STAFF, "/orders/{order}"),
    Sight("orders.order", ADMIN, "/orders/{closed_order}", note="closed-and-empty"),
    Sight("orders.order", NEW_ADMIN, "/orders/{order}", None, 404, "of-another"),
    Sight("orders.sheet", ADMIN, "/orders/{order}/sheet"),
    Sight("orders.sheet", STAFF, "/orders/{closed_order}/sheet", note="empty"),
)

PURPOSES = (
    Sight("purpose.purpose_page", TEACHER, "/loans/{unnamed_loan}/purpose"),
    Sight("purpose.purpose_page", STAFF, "/loans/{unnamed_loan}/purpose"),
    Sight(
        "purpose.purpose_page",
        STAFF,
        "/loans/{unnamed_loan}/purpose",
        Sent(MAIN_FORM, {"purpose": ""}),
        422,
        "no-purpose",
    ),
    Sight(
        "purpose.purpose_page", NEW_TEACHER, "/loans/{unnamed_loan}/purpose", None, 404, "other"
    ),
)

PLANNING = (*UNITS, *ORDERS, *PURPOSES)
