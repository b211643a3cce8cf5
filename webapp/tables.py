"""Every table of the application: importing this makes migrations, checks and `verify` see them all."""

from webapp.access import models as access
from webapp.certificate import models as certificate
from webapp.growth import models as growth
from webapp.growth import work_models as paid_work
from webapp.history import models as history
from webapp.history import words
from webapp.hours import models as hours
from webapp.invoices import costs
from webapp.invoices import models as invoices
from webapp.milestones import models as milestones
from webapp.notifications import models as notifications
from webapp.notifications import outgoing
from webapp.offers import models as offers
from webapp.payouts import models as payouts
from webapp.people import bank, citizen_number, employers, tablets
from webapp.people import models as people
from webapp.placements import models as placements
from webapp.placements import records, tariffs
from webapp.policy import models as policy
from webapp.premium import models as premium
from webapp.privacy import models as privacy
from webapp.reports import models as reports
from webapp.requests import models as requests
from webapp.requests import questions
from webapp.safeguards import models as safeguards
from webapp.sso import models as sso
from webapp.terms import models as terms

ALL = (
    people, bank, citizen_number, employers, tablets, terms, history, words, notifications, outgoing, premium, milestones, requests, offers, placements, hours, access, certificate, costs, growth, invoices, paid_work, payouts, policy, privacy, questions, records, reports, safeguards, sso, tariffs,
)  # fmt: skip
