"""Every table of the application: importing this makes migrations, checks and `verify` see them all."""

from webapp.certificate import models as certificate
from webapp.history import models as history
from webapp.hours import models as hours
from webapp.milestones import models as milestones
from webapp.notifications import models as notifications
from webapp.offers import models as offers
from webapp.people import employers, tablets
from webapp.people import models as people
from webapp.placements import models as placements
from webapp.premium import models as premium
from webapp.requests import models as requests
from webapp.sso import models as sso
from webapp.terms import models as terms

ALL = (people, employers, tablets, terms, history, notifications, premium, milestones, requests, offers, placements, hours, certificate, sso)
