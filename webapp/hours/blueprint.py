"""The address book of the hours slice; `views` and its neighbours add their pages to it."""

from flask import Blueprint

pages = Blueprint("hours", __name__, template_folder="templates")
