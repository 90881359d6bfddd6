"""The areas of the site; one line each, in the order of the house plan."""

from flask import Blueprint

from app.frame.views import frame

AREAS: tuple[Blueprint, ...] = (frame,)
