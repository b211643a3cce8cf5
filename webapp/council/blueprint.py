"""The address book of this slice; `views` adds its pages to it."""

from flask import Blueprint

pages = Blueprint("council", __name__, template_folder="templates")
