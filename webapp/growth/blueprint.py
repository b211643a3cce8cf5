"""The address book of the growth slice; `views` and `employer_views` add their pages to it."""

from flask import Blueprint

pages = Blueprint("growth", __name__, template_folder="templates")
