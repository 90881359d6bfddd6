"""Devices, defects and members of schools."""

from tests.journeys.sights import (
    ADMIN,
    HEAD,
    MAIN_FORM,
    NEW_ADMIN,
    NEW_TEACHER,
    STAFF,
    TEACHER,
    Sent,
    Sight,
)

SCHOOLS = (
    Sight("inventory.school", ADMIN, "/school"),
    Sight("inventory.school", ADMIN, "/school?words=Xyzzyqu", note="nothing"),
    Sight("inventory.school", NEW_ADMIN, "/school"),
    Sight("inventory.school", STAFF, "/school", note="choice"),
    Sight("inventory.school", STAFF, "/school?words=Xyzzyqu", note="no-choice"),
    Sight("inventory.school", STAFF, "/school/{school}", note="of-a-school"),
    Sight("inventory.members", ADMIN, "/school/members"),
    Sight("inventory.members", NEW_ADMIN, "/school/members"),
    Sight(
        "inventory.members",
        ADMIN,
        "/school/members",
        Sent("form[action$='/members']", {"email": "keine"}),
        422,
        "invalid",
    ),
    Sight("inventory.members", HEAD, "/school/members", note="choice"),
    Sight("inventory.members", TEACHER, "/school/members", None, 403, "refused"),
    Sight("inventory.leavers", ADMIN, "/school/leavers"),
    Sight(
        "inventory.leavers", ADMIN, "/school/leavers", Sent("#leavers-form"), 422, "nobody-chosen"
    ),
    Sight("inventory.leavers", HEAD, "/school/{school}/leavers"),
    Sight("inventory.defects", ADMIN, "/school/defects"),
    Sight("inventory.defects", STAFF, "/school/defects"),
    Sight("inventory.defects", NEW_TEACHER, "/school/defects"),
    Sight("inventory.defect", ADMIN, "/defects/{defect}"),
    Sight("inventory.defect", STAFF, "/defects/{defect}", note="to-decide"),
    Sight("inventory.defect_new", TEACHER, "/school/defects/new", note="which"),
    Sight("inventory.defect_new", TEACHER, "/school/defects/new?copy=MZ-1", None, 404, "unknown"),
    Sight("inventory.defect_new", ADMIN, "/school/defects/new?copy={device}"),
    Sight(
        "inventory.defect_new",
        ADMIN,
        "/school/defects/new?copy={device}",
        Sent(MAIN_FORM),
        422,
        "empty",
    ),
)
