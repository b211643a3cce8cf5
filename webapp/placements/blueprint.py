"""The address book of the placements slice; `views` and its neighbours add their pages to it."""

from flask import Blueprint

pages = Blueprint("placements", __name__, template_folder="templates")
