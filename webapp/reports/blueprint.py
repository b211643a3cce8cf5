"""The address book of this slice; `views` brings together the modules that add their pages to it."""

from flask import Blueprint

pages = Blueprint("reports", __name__, template_folder="templates")
