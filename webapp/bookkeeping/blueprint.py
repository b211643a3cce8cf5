"""The blueprint of the bookkeeping pages."""

from flask import Blueprint

pages = Blueprint("bookkeeping", __name__, template_folder="templates")
