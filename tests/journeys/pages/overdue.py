"""What is overdue, recalls, one loan; the audit log, the nights, what is remembered of oneself."""

from tests.journeys.sights import (
    HEAD,
    NEW_HEAD,
    NEW_STAFF,
    NEW_TEACHER,
    STAFF,
    SYSTEM,
    TEACHER,
    Sent,
    Sight,
)

SOON = "/overdue/recall?day=2026-11-25"

OVERDUE = (
    Sight("overdue.overdue_list", STAFF, "/overdue"),
    Sight("overdue.overdue_list", STAFF, "/overdue?words=Xyzzyqu", note="nothing"),
    Sight("overdue.overdue_list", NEW_STAFF, "/overdue"),
    Sight("overdue.preview", STAFF, "/overdue/preview"),
    Sight("overdue.preview", NEW_STAFF, "/overdue/preview"),
    Sight("overdue_paper.print_page", STAFF, "/overdue/print"),
    Sight("overdue_paper.print_page", NEW_STAFF, "/overdue/print"),
    Sight("overdue_recall.recall_page", STAFF, "/overdue/recall", note="nothing"),
    Sight("overdue_recall.recall_page", STAFF, SOON, note="some"),
    Sight(
        "overdue_recall.recall_page",
        STAFF,
        SOON,
        Sent("form[aria-labelledby=h-recall]", {"reason": "x" * 400}),
        422,
        "long_reason",
    ),
    Sight("overdue_loans.loan_page", STAFF, "/loans/{late_loan}"),
    Sight(
        "overdue_loans.loan_page",
        STAFF,
        "/loans/{late_loan}",
        Sent("#extend form", {"until": "2020-02-02"}),
        422,
        "past_day",
    ),
    Sight(
        "overdue_loans.loan_page",
        STAFF,
        "/loans/{late_loan}",
        Sent("#snooze form", {"until": "", "reason": ""}),
        422,
        "no_reason",
    ),
    Sight("overdue_borrowers.borrower_page", STAFF, "/loans/of/{late_person}"),
    Sight("office_audit.entries", HEAD, "/office/audit"),
    Sight("office_audit.entries", HEAD, "/office/audit?words=Xyzzyqu", note="nothing"),
    Sight("office_nights.night_list", HEAD, "/office/nights"),
    Sight("office_nights.night_list", SYSTEM, "/office/nights"),
    Sight("office_nights.night_list", NEW_HEAD, "/office/nights"),
    Sight("memory.history", TEACHER, "/profile/history"),
    Sight("memory.history", NEW_TEACHER, "/profile/history"),
    Sight("memory.data", TEACHER, "/profile/data"),
)
