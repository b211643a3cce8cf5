"""The addresses of payouts hang on this."""

from flask import Blueprint

pages = Blueprint("payouts", __name__, template_folder="templates")
