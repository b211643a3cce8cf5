"""The address book of the certificate slice; `views`, `references`, `public` and `cv` add their pages to it."""

from flask import Blueprint

pages = Blueprint("certificate", __name__, template_folder="templates")
