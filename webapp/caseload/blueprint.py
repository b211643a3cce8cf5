"""The address book of the caseload slice; views, decisions, routes and cover add their pages to it."""

from flask import Blueprint

pages = Blueprint("caseload", __name__, template_folder="templates")
