"""The own CV: words somebody writes about themselves, on paper and as data (the fields of a Europass profile)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, request

from webapp.certificate import actions, paper, reads
from webapp.certificate.blueprint import pages
from webapp.certificate.models import Cv
from webapp.foundation.clock import now
from webapp.foundation.database import db
from webapp.foundation.documents import send
from webapp.foundation.pages import go, invalid, page
from webapp.foundation.texts import N_
from webapp.foundation.texts import gettext as _

LONGEST = 2000
# name, question, example
FIELDS = (
    ("about", N_("Who are you, and what do you look for?"), N_("For example: I like working outside. I look for work in a garden.")),
    ("skills", N_("What can you do well?"), N_("For example: working with plants, working together, driving a forklift.")),
    ("experience", N_("What work did you do before?"), N_("Here or in another country. Paid, unpaid or at home.")),
    ("education", N_("What did you learn at school or in a course?"), N_("A diploma is not needed.")),
    ("languages", N_("Which languages do you speak?"), N_("For example: Tigrinya very well, Dutch a little.")),
    ("contact", N_("How can somebody reach you?"), N_("A telephone number or a mail address. Only what you want to give.")),
)


def own_words() -> dict[str, str]:
    known = db().get(Cv, g.person.id)
    return {name: getattr(known, name) if known else "" for name, _question, _example in FIELDS}


@pages.get("/me/cv")
def cv() -> Response:
    saved = _("Your CV is kept.") if "saved" in request.args else None
    return page(
        "certificate/cv.html",
        fields=FIELDS,
        words=own_words(),
        works=reads.works_of(db(), g.person.id),
        period=paper.period,
        longest=LONGEST,
        notice=saved,
    )


@pages.post("/me/cv")
def save_cv() -> Response:
    typed = {name: request.form.get(name, "").strip() for name, _question, _example in FIELDS}
    errors = {name: _("Use at most %(num)s letters.", num=LONGEST) for name, words in typed.items() if len(words) > LONGEST}
    if errors:
        works = reads.works_of(db(), g.person.id)
        return invalid("certificate/cv.html", errors=errors, fields=FIELDS, words=typed, works=works, period=paper.period, longest=LONGEST)
    actions.save_cv(db(), typed, by=g.person, now=now())
    return go("/me/cv?saved=1")


@pages.get("/me/cv.pdf")
def cv_paper() -> Response:
    words = own_words()
    titles = {
        "about": _("About me"),
        "skills": _("What I can do"),
        "experience": _("Work before"),
        "education": _("Education"),
        "languages": _("Languages"),
    }
    made = paper.cv(g.person.name, [(titles[name], words[name]) for name in titles], reads.works_of(db(), g.person.id), words["contact"], at=now())
    return send(made, "cv.pdf")


@pages.get("/me/cv.json")
def cv_data() -> Response:
    """The same as data, under the names a Europass profile uses, to take along to another site."""
    words = own_words()
    profile: dict[str, Any] = {
        "PersonalInformation": {
            "FirstName": g.person.first_name, "LastName": g.person.last_name, "Contact": words["contact"],
            "OtherMotherTongueOrForeignLanguages": words["languages"],
        },
        "Profile": words["about"],
        "Skills": words["skills"],
        "WorkExperiences": [
            {
                "Position": work.function, "Employer": work.employer, "City": work.town, "From": work.first_on.isoformat(), "To": work.last_on.isoformat(),
                "Activities": list(work.tasks),
            }
            for work in reads.works_of(db(), g.person.id)
        ] + ([{"Position": words["experience"]}] if words["experience"] else []),
        "EducationTrainings": [{"Title": words["education"]}] if words["education"] else [],
    }  # fmt: skip
    answer = jsonify(profile)
    answer.headers["Content-Disposition"] = 'attachment; filename="cv.json"'
    return answer
