"""The areas of the site; one line each, in the order of the house plan."""

from flask import Blueprint

from app.account.letters import own_letters
from app.account.links import links
from app.account.memory import memory
from app.account.views import account
from app.bookings.again import again
from app.bookings.basket import basket
from app.bookings.day import day_list
from app.bookings.decide import decide
from app.bookings.edit import edit
from app.bookings.mine import mine
from app.bookings.purpose import purpose
from app.bookings.reserve import reserve
from app.bookings.series import series
from app.bookings.together import together
from app.bookings.views import bookings
from app.cataloguing.copies import copies
from app.cataloguing.covers import covers
from app.cataloguing.import_pages import imports
from app.cataloguing.label_sheet import label_sheet
from app.cataloguing.stock import stock
from app.cataloguing.titles import own_titles
from app.courier.drive import drive
from app.courier.packing import packing
from app.courier.picking import picking
from app.courier.tours import tours
from app.desk.commands import desk_commands
from app.desk.loan_pages import desk_loans
from app.desk.newcomers import newcomers
from app.desk.offline import desk_offline
from app.desk.people import desk_people
from app.desk.photo import desk_photo
from app.desk.placement_pages import desk_placements
from app.desk.receipts import desk_receipts
from app.desk.returns import desk_returns
from app.desk.views import desk
from app.desk.waiting import desk_waiting
from app.desk.who import desk_who
from app.desk.who_suggest import desk_suggest
from app.feeds.views import feeds
from app.finder.arrivals import arrivals
from app.finder.class_codes import class_codes
from app.finder.class_entry import class_entry
from app.finder.list_papers import list_papers
from app.finder.list_sharing import list_sharing
from app.finder.lists import lists
from app.finder.saved_searches import saved_searches
from app.finder.suggest import suggest
from app.finder.titles import titles
from app.finder.views import finder
from app.frame.views import frame
from app.holds.placing import placing
from app.holds.queues import hold_queues
from app.holds.views import holds
from app.inventory.views import inventory
from app.office.accounts import accounts
from app.office.attention import attention
from app.office.audit import audit
from app.office.calendar import calendar
from app.office.centres import centres
from app.office.choices import choices
from app.office.closures import closures
from app.office.index_page import index_page
from app.office.letter_texts import letter_texts
from app.office.letters import letters
from app.office.nights import nights
from app.office.openings import openings
from app.office.places import places
from app.office.routes import routes
from app.office.terms import terms
from app.office.terms_edit import terms_edit
from app.office.terms_explained import terms_explained
from app.office.views import office
from app.office.week import week
from app.orders.views import orders
from app.overdue.borrowers import borrowers
from app.overdue.loans import loans
from app.overdue.paper import paper
from app.overdue.recall import recall
from app.overdue.views import overdue
from app.planning.units import units
from app.planning.year import year_plans
from app.wishes.own import own_wishes
from app.wishes.purchases import purchases

AREAS: tuple[Blueprint, ...] = (
    frame,
    finder,
    suggest,
    titles,
    arrivals,
    lists,
    list_sharing,
    list_papers,
    class_codes,
    class_entry,
    saved_searches,
    account,
    own_letters,
    links,
    memory,
    mine,
    purpose,
    reserve,
    edit,
    again,
    series,
    together,
    basket,
    decide,
    day_list,
    bookings,
    holds,
    placing,
    hold_queues,
    feeds,
    desk,
    picking,
    tours,
    packing,
    drive,
    overdue,
    paper,
    recall,
    loans,
    borrowers,
    desk_returns,
    desk_waiting,
    desk_loans,
    desk_placements,
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
    units,
    year_plans,
    orders,
    own_wishes,
    purchases,
    office,
    accounts,
    audit,
    nights,
    letters,
    letter_texts,
    centres,
    terms,
    terms_edit,
    terms_explained,
    routes,
    places,
    calendar,
    closures,
    openings,
    week,
    choices,
    attention,
    index_page,
)
