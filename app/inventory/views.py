"""The addresses of this area."""

from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.inventory import defects, devices, leavers, members, movable

inventory = Blueprint("inventory", __name__)

Route = tuple[str, Callable[..., ResponseReturnValue]]

PAGES: tuple[Route, ...] = (
    ("/school", devices.school),
    ("/school/<int:institution_id>", devices.school),
    ("/school/<int:institution_id>/devices.csv", devices.devices_csv),
    ("/school/defects", defects.defects),
    ("/school/defects/new", defects.defect_new),
    ("/defects/<int:defect_id>", defects.defect),
    ("/photos/<stored_name>", defects.photo),
    ("/school/members", members.members),
    ("/school/<int:institution_id>/members", members.members),
    ("/school/<int:institution_id>/members.csv", members.members_csv),
    ("/school/leavers", leavers.leavers),
    ("/school/<int:institution_id>/leavers", leavers.leavers),
    ("/school/holidays", movable.movable),
    ("/school/<int:institution_id>/holidays", movable.movable),
)
ACTS: tuple[Route, ...] = (
    ("/school/defects", defects.defect_report),
    ("/defects/<int:defect_id>", defects.defect_handle),
    ("/defects/<int:defect_id>/brought", defects.defect_brought),
    ("/school/registrations/<int:registration_id>", members.registration_decide),
    ("/school/memberships/<int:membership_id>", members.membership_decide),
    ("/school/<int:institution_id>/members", members.member_invite),
    ("/school/<int:institution_id>/leavers", leavers.leavers_end),
    ("/school/<int:institution_id>/holidays", movable.movable_add),
    ("/school/<int:institution_id>/holidays/<int:holiday_id>/remove", movable.movable_remove),
)

for path, view in PAGES:
    inventory.add_url_rule(path, view_func=view, methods=["GET"])
for path, view in ACTS:
    inventory.add_url_rule(path, view_func=view, methods=["POST"])
