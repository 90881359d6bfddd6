"""Searching, and pages of titles."""

from tests.journeys.additions import LONG
from tests.journeys.sights import ADVISER, NEW_TEACHER, STAFF, TEACHER, Sight

FINDING = (
    Sight("finder.search", TEACHER, "/search"),
    Sight(
        "finder.search",
        TEACHER,
        "/search?words=Fotosynthese&from=2026-12-03&until=2026-12-03&subject=BI&grade=7",
        note="period",
    ),
    Sight("finder.search", TEACHER, "/search?words=Xyzzyqu&grade=3", note="nothing"),
    Sight("finder.search", TEACHER, "/search?words=Fotosyntese&subject=BI", note="mended"),
    Sight("finder.search", TEACHER, "/search?words=Fotosyntese&exact=1", note="as-written"),
    Sight(
        "finder.search",
        TEACHER,
        "/search?subject=BI&content_field=BI.4&grade=5&grade=6&media_competence=2.1&sort=lent",
        note="many-filters",
    ),
    Sight("finder.search", TEACHER, "/search", note="suggestions", typed="energie"),
    Sight(
        "finder.search", TEACHER, "/search?from=2026-12-09&until=2026-12-01", None, 422, "faulty"
    ),
    Sight("finder.search", TEACHER, f"/search?words={LONG}", note="long-word"),
    Sight("finder.search", NEW_TEACHER, "/search", note="nothing-at-all"),
    Sight("finder.search", STAFF, "/search?words=Kamera&from=2026-12-03&quantity=6"),
    Sight("titles.title", TEACHER, "/titles/{film}?from=2026-12-03&until=2026-12-04"),
    Sight(
        "titles.title",
        TEACHER,
        "/titles/{taken_title}?from=2026-12-07&until=2026-12-11",
        note="nothing-free",
    ),
    Sight("titles.title", TEACHER, "/titles/{online}", note="online"),
    Sight("titles.title", TEACHER, "/titles/{box}", note="box"),
    Sight("titles.title", TEACHER, "/titles/{long}", note="long-word"),
    Sight("titles.title", STAFF, "/titles/{box}", note="copies"),
    Sight("titles.title", ADVISER, "/titles/{film}"),
    Sight("titles.title", TEACHER, "/titles/999999", None, 404, "not-found"),
    Sight("titles.thing", STAFF, "/x/{free_copy}"),
)
