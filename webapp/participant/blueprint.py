"""The address book of the participant slice; views and wishes add their pages to it."""

from flask import Blueprint

pages = Blueprint("participant", __name__, template_folder="templates")
