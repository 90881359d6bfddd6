"""Pages anybody sees."""

from tests.journeys.additions import FORGOTTEN, INVITED, UNPROVED
from tests.journeys.sights import ANYBODY, MAIN_FORM, Sent, Sight

PUBLIC = (
    Sight("account.sign_in_page", ANYBODY, "/login"),
    Sight("account.sign_in_page", ANYBODY, "/login", Sent(MAIN_FORM), 422, "empty"),
    Sight(
        "account.sign_in_page",
        ANYBODY,
        "/login",
        Sent(MAIN_FORM, {"name": "niemand{turn}", "password": "falsch"}),
        422,
        "wrong",
    ),
    Sight("links.register_page", ANYBODY, "/register"),
    Sight("links.register_page", ANYBODY, "/register", Sent(MAIN_FORM), 422, "empty"),
    Sight("links.proof_page", ANYBODY, f"/register/{UNPROVED}"),
    Sight("links.proof_page", ANYBODY, "/register/dead", None, 404, "dead"),
    Sight("links.ask_page", ANYBODY, "/reset"),
    Sight("links.ask_page", ANYBODY, "/reset", Sent(MAIN_FORM), 422, "empty"),
    Sight(
        "links.ask_page", ANYBODY, "/reset", Sent(MAIN_FORM, {"name": "wer{turn}"}), 200, "asked"
    ),
    Sight("links.reset_page", ANYBODY, f"/reset/{FORGOTTEN}"),
    Sight(
        "links.reset_page",
        ANYBODY,
        f"/reset/{FORGOTTEN}",
        Sent(MAIN_FORM, {"password": "kurz", "again": "anders"}),
        422,
        "short",
    ),
    Sight("links.invitation_page", ANYBODY, f"/invitation/{INVITED}"),
    Sight("frame.legal_page", ANYBODY, "/pages/imprint", note="imprint"),
    Sight("frame.legal_page", ANYBODY, "/pages/privacy", note="privacy"),
    Sight("frame.legal_page", ANYBODY, "/pages/accessibility", note="accessibility"),
    Sight(
        "frame.legal_page", ANYBODY, "/pages/accessibility", Sent(MAIN_FORM), 422, "barrier-empty"
    ),
    Sight("titles.thing", ANYBODY, "/x/{free_copy}"),
    Sight("titles.title", ANYBODY, "/titles/{film}"),
    Sight("finder.search", ANYBODY, "/search?words=Wasser"),
    Sight("finder.search", ANYBODY, "/nowhere", None, 404, "not-found"),
    Sight("finder.search", ANYBODY, "/mine", None, 200, "sign-in-first"),
)
