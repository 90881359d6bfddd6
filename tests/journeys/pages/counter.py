"""Around the desk: who has what, people, receipts, commands, and what waits without connection."""

from tests.journeys.sights import HEAD, NEW_STAFF, STAFF, TEACHER, Sent, Sight

LIST = """Zeit;Person;Code;Aktion
20.11.2026 14:05;{card};{free_copy};Ausleihe
20.11.2026 14:06;;{overdue};Ausleihe
20.11.2026 14:20;;MZ-000000;Rückgabe
20.11.2026 14:21;;;Rückgabe
"""

COUNTER = (
    Sight("desk_who.who", STAFF, "/who"),
    Sight("desk_who.who", STAFF, "/who?code={overdue}", note="lent"),
    Sight("desk_who.who", HEAD, "/who?code={free_copy}", note="free"),
    Sight("desk_who.who", STAFF, "/who?code={box_lent}", note="box"),
    Sight("desk_who.who", STAFF, "/who?code=MZ-9999999", note="long"),
    Sight("desk_who.who", STAFF, "/who?code=Bri", note="people"),
    Sight("desk_who.who", STAFF, "/who?code=P-0000000000000", None, 404, "nothing"),
    Sight("desk_who.who", TEACHER, "/who?code=MZ-000001", None, 403, "refused"),
    Sight(
        "desk_who.who",
        STAFF,
        "/who?code={overdue}",
        Sent("form[action='/who/history']"),
        200,
        "history",
    ),
    Sight("desk_people.person", STAFF, "/desk/people/{person}"),
    Sight("desk_people.person", HEAD, "/desk/people/{blocked_person}", note="blocked"),
    Sight(
        "desk_people.person",
        STAFF,
        "/desk/people/{person}",
        Sent("form[action$='/block']"),
        422,
        "invalid",
    ),
    Sight(
        "desk_people.person",
        STAFF,
        "/desk/people/{person}",
        Sent("form[action$='/history']"),
        200,
        "history",
    ),
    Sight("desk_people.card", STAFF, "/desk/people/{person}/card"),
    Sight("desk_commands.commands", STAFF, "/desk/commands"),
    Sight("desk_receipts.receipts", STAFF, "/desk/receipts"),
    Sight("desk_receipts.receipts", NEW_STAFF, "/desk/receipts"),
    Sight("desk_receipts.receipt", STAFF, "/desk/receipts/{receipt}"),
    Sight("desk_offline.offline", STAFF, "/desk/offline"),
    Sight(
        "desk_offline.offline",
        STAFF,
        "/desk/offline",
        Sent("form[action$='/try']", {"list": LIST}),
        200,
        "report",
    ),
    Sight(
        "desk_offline.offline",
        STAFF,
        "/desk/offline",
        Sent("form[action$='/try']", {"list": "Name"}),
        422,
        "invalid",
    ),
    Sight("frame.keyboard", STAFF, "/keyboard"),
    Sight("frame.keyboard", TEACHER, "/keyboard"),
)
