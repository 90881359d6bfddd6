"""The areas of the site; one line each, in the order of the house plan."""

from flask import Blueprint

from app.account.links import links
from app.account.views import account
from app.bookings.mine import mine
from app.bookings.reserve import reserve
from app.bookings.views import bookings
from app.cataloguing.copies import copies
from app.cataloguing.covers import covers
from app.cataloguing.import_pages import imports
from app.cataloguing.label_sheet import label_sheet
from app.cataloguing.stock import stock
from app.cataloguing.titles import own_titles
from app.desk.commands import desk_commands
from app.desk.newcomers import newcomers
from app.desk.offline import desk_offline
from app.desk.people import desk_people
from app.desk.photo import desk_photo
from app.desk.receipts import desk_receipts
from app.desk.views import desk
from app.desk.who import desk_who
from app.desk.who_suggest import desk_suggest
from app.finder.arrivals import arrivals
from app.finder.list_papers import list_papers
from app.finder.list_sharing import list_sharing
from app.finder.lists import lists
from app.finder.saved_searches import saved_searches
from app.finder.suggest import suggest
from app.finder.titles import titles
from app.finder.views import finder
from app.frame.views import frame
from app.inventory.views import inventory
from app.office.accounts import accounts
from app.office.centres import centres
from app.office.index_page import index_page
from app.office.letters import letters
from app.office.terms import terms
from app.office.terms_edit import terms_edit
from app.office.terms_explained import terms_explained
from app.office.views import office

AREAS: tuple[Blueprint, ...] = (
    frame,
    finder,
    suggest,
    titles,
    arrivals,
    lists,
    list_sharing,
    list_papers,
    saved_searches,
    account,
    links,
    mine,
    reserve,
    bookings,
    desk,
    desk_commands,
    newcomers,
    desk_offline,
    desk_people,
    desk_photo,
    desk_receipts,
    desk_who,
    desk_suggest,
    own_titles,
    stock,
    copies,
    imports,
    covers,
    label_sheet,
    inventory,
    office,
    accounts,
    letters,
    centres,
    terms,
    terms_edit,
    terms_explained,
    index_page,
)
