"""Titles, copies and imports."""

from tests.journeys.sights import MAIN_FORM, NEW_STAFF, STAFF, Sent, Sight

CATALOGUING = (
    Sight("catalogue.title_list", STAFF, "/catalogue"),
    Sight("catalogue.title_list", STAFF, "/catalogue?words=Xyzzyqu", note="nothing"),
    Sight("catalogue.title_list", NEW_STAFF, "/catalogue"),
    Sight("catalogue.title", STAFF, "/catalogue/titles/{box}"),
    Sight("catalogue.title", STAFF, "/catalogue/titles/{long}", note="long-word"),
    Sight(
        "catalogue.title",
        STAFF,
        "/catalogue/titles/{box}",
        Sent("form[action$='/copies']", {"number": "0", "barcodes": "MZ"}),
        409,
        "no-copies",
    ),
    Sight("label_sheet.labels", STAFF, "/catalogue/titles/{box}/labels"),
    Sight("catalogue.description_form", STAFF, "/catalogue/titles/{box}/description"),
    Sight("catalogue.new_title_form", STAFF, "/catalogue/titles/new"),
    Sight(
        "catalogue.new_title_form",
        STAFF,
        "/catalogue/titles/new",
        Sent(MAIN_FORM, {"year": "bald"}),
        422,
        "empty",
    ),
    Sight("copies.copy_page", STAFF, "/catalogue/copies/{box_copy}"),
    Sight(
        "copies.copy_page",
        STAFF,
        "/catalogue/copies/{box_copy}",
        Sent(MAIN_FORM, {"barcode": ""}),
        422,
        "empty",
    ),
    Sight("copies.parts_form", STAFF, "/catalogue/copies/{box_copy}/parts"),
    Sight(
        "copies.parts_form",
        STAFF,
        "/catalogue/copies/{box_copy}/parts",
        Sent(MAIN_FORM, {"count-0": "viele"}),
        422,
        "invalid",
    ),
    Sight("imports.import_list", STAFF, "/catalogue/imports"),
    Sight("imports.import_list", NEW_STAFF, "/catalogue/imports"),
    Sight("imports.import_list", STAFF, "/catalogue/imports", Sent(MAIN_FORM), 422, "no-file"),
    Sight("imports.import_page", STAFF, "/catalogue/imports/{import_looked_at}", note="looked-at"),
    Sight("imports.import_page", STAFF, "/catalogue/imports/{import_broken}", note="broken"),
    Sight("imports.import_page", STAFF, "/catalogue/imports/{running_job}", note="running"),
)
