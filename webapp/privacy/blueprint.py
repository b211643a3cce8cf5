"""The blueprint of this slice; its modules hang their pages on it."""

from flask import Blueprint

pages = Blueprint("privacy", __name__, template_folder="templates")
