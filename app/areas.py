"""The areas of the site; one line each, in the order of the house plan."""

from flask import Blueprint

from app.account.links import links
from app.account.views import account
from app.finder.views import finder
from app.frame.views import frame

AREAS: tuple[Blueprint, ...] = (frame, finder, account, links)
