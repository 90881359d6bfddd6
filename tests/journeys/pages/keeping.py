"""Lists and saved searches."""

from tests.journeys.sights import ANYBODY, MAIN_FORM, NEW_TEACHER, STAFF, TEACHER, Sent, Sight

KEEPING = (
    Sight("lists.own_lists", TEACHER, "/lists"),
    Sight("lists.own_lists", NEW_TEACHER, "/lists"),
    Sight("lists.own_lists", TEACHER, "/lists", Sent(MAIN_FORM, {"name": ""}), 422, "no-name"),
    Sight("lists.own_lists", STAFF, "/lists"),
    Sight("lists.one_list", TEACHER, "/lists/{list}"),
    Sight("lists.one_list", TEACHER, "/lists/{list}?page=2", note="page-2"),
    Sight("lists.one_list", TEACHER, "/lists/{empty_list}", note="empty"),
    Sight(
        "lists.one_list",
        TEACHER,
        "/lists/{empty_list}",
        Sent("details form[action^='/lists/']", {"name": ""}),
        422,
        "no-name",
    ),
    Sight("lists.one_list", STAFF, "/lists/{list}", None, 404, "of-another"),
    Sight("list_sharing.code", TEACHER, "/lists/{list}/code"),
    Sight("list_sharing.shared", ANYBODY, "/lists/shared/{shared_token}"),
    Sight("list_sharing.shared", STAFF, "/lists/shared/{shared_token}"),
    Sight("list_sharing.shared", ANYBODY, "/lists/shared/1-2-3", None, 404, "dead"),
    Sight("list_papers.sheet", TEACHER, "/lists/{list}/print"),
    Sight("saved_searches.own_searches", TEACHER, "/searches"),
    Sight("saved_searches.own_searches", NEW_TEACHER, "/searches"),
    Sight("saved_searches.new_search", TEACHER, "/searches/new?words=Wasser&grade=7"),
    Sight(
        "saved_searches.new_search",
        TEACHER,
        "/searches/new?words=Wasser",
        Sent(MAIN_FORM, {"name": ""}),
        422,
        "no-name",
    ),
    Sight("saved_searches.one_search", TEACHER, "/searches/{saved_search}"),
    Sight("arrivals.new", ANYBODY, "/new"),
    Sight("arrivals.new", TEACHER, "/new?days=90"),
    Sight("arrivals.new", NEW_TEACHER, "/new?days=7", note="nothing"),
)
