"""The blueprint of the invoice pages."""

from flask import Blueprint

pages = Blueprint("invoices", __name__, template_folder="templates")
