"""The addresses of this area."""

from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.inventory import defects, devices, leavers, members

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
)
ACTS: tuple[Route, ...] = (
    ("/school/defects", defects.defect_report),
    ("/defects/<int:defect_id>", defects.defect_handle),
    ("/school/registrations/<int:registration_id>", members.registration_decide),
    ("/school/memberships/<int:membership_id>", members.membership_decide),
    ("/school/<int:institution_id>/members", members.member_invite),
    ("/school/<int:institution_id>/leavers", leavers.leavers_end),
)

for path, view in PAGES:
    inventory.add_url_rule(path, view_func=view, methods=["GET"])
for path, view in ACTS:
    inventory.add_url_rule(path, view_func=view, methods=["POST"])
