"""How devices and their values are said."""

from flask_babel import gettext as _
from flask_babel import ngettext

from app.labels import label
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import DefectState
from loans.queries.school import Device

IN_ORDER = frozenset({CopyState.AVAILABLE, CopyState.ON_LOAN})
STATE_TONES = {
    CopyState.IN_REPAIR: "warn",
    CopyState.INCOMPLETE: "bad",
    CopyState.MISSING: "bad",
    CopyState.LOST: "bad",
}
DEFECT_TONES = {
    DefectState.REPORTED: "bad",
    DefectState.IN_WORK: "warn",
    DefectState.DONE: "ok",
    DefectState.DECLINED: "",
}


def condition(device: Device) -> tuple[str, str]:
    """Return the words and the tone of a device's condition; open defects come first."""
    if device.open_defects:
        words = ngettext("%(num)s defect", "%(num)s defects", device.open_defects)
        return str(words), "bad"
    if device.state in IN_ORDER:
        return str(_("In order")), "ok"
    return label(device.state), STATE_TONES.get(device.state, "")
