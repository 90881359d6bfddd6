"""The answer to a search as programs read it."""

from typing import Any

from flask_babel import gettext as _

from app.facet_words import LEGENDS, PARAMETERS
from app.finder.found import Found
from app.finder.hits import hit_values


def as_json(found: Found) -> dict[str, Any]:
    """Return findings, facets and pages as plain values."""
    findings, shown = found.findings, found.shown
    answer = findings.answer
    facets = {
        PARAMETERS[facet]: [
            {"value": value, "label": found.wording.of(facet, value), "count": count}
            for value, count in answer.facets.get(facet, ())
        ]
        for facet in LEGENDS
    }
    if findings.free is not None:
        words = _("Free in the period")
        facets["free"] = [{"value": "1", "label": words, "count": findings.free}]
    return {
        "total": answer.total,
        "ids": list(answer.title_ids),
        "titles": [hit_values(hit, shown) for hit in found.hits],
        "facets": facets,
        "page": findings.page,
        "pages": findings.last,
        "loosened": answer.loosened,
        "correction": answer.correction,
        "corrected": answer.corrected,
        "limited": answer.limited,
    }
