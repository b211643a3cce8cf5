"""The address book of the requests slice. Its list needs the places taken, so `placements`, above, adds it."""

from flask import Blueprint

pages = Blueprint("requests", __name__, template_folder="templates")
