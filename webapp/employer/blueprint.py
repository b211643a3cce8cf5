"""The address book of the employer slice; `views` and `tablet` add their pages to it."""

from flask import Blueprint

pages = Blueprint("employer", __name__, template_folder="templates")
