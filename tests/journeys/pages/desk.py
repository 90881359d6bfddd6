"""The desk."""

from tests.journeys.sights import HEAD, NEW_STAFF, STAFF, Sent, Sight

DESK = (
    Sight("desk.page", NEW_STAFF, "/desk"),
    Sight("desk.page", STAFF, "/desk", Sent("#scan", {"code": "???"}), 200, "unreadable"),
    Sight("desk.page", STAFF, "/desk", Sent("#scan", {"code": "{card}"}), 200, "person"),
    Sight(
        "desk.page",
        STAFF,
        "/desk",
        Sent("#scan", {"code": "{overdue}", "mode": "lend"}),
        200,
        "question",
    ),
    Sight(
        "desk.page",
        HEAD,
        "/desk",
        Sent("#scan", {"code": "{box_lent}", "mode": "return"}),
        200,
        "count",
    ),
    Sight("desk.persons", STAFF, "/desk/persons?q=Bri"),
    Sight("desk.persons", STAFF, "/desk/persons?q=Xyzzyqu", note="nobody"),
    Sight(
        "desk.persons",
        STAFF,
        "/desk/persons?q=Xyzzyqu",
        Sent("form[action='/desk/people']", {"name": "", "school": "schule", "email": "keine"}),
        422,
        "newcomer-invalid",
    ),
    Sight(
        "desk.persons",
        STAFF,
        "/desk/persons?q=Xyzzyqu",
        Sent("form[action='/desk/people']", {"name": "Xenia Neu", "school": "schule"}),
        422,
        "newcomer-which-school",
    ),
)
