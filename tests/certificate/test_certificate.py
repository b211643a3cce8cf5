"""A certificate from the first confirmed hour to the paper, its links, and whoever checks it."""

from __future__ import annotations

import re
import time
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlmodel import Session

from tests import factories as make
from webapp.certificate.models import Certificate, CertificateShare, Reference
from webapp.foundation.database import Database
from webapp.history.models import HistoryRow
from webapp.notifications.models import Notification


@pytest.fixture
def selam(world: make.World, as_person: Any) -> Any:
    """A participant with four confirmed hours, who reads English."""
    entry = make.hours(world.database, world.placement)
    as_person(world.supervisor).post(f"/hours/{entry.id}/confirmation")
    visitor = as_person(world.participant)
    visitor.post("/language", {"language": "en"})
    return visitor


@pytest.fixture
def jan(world: make.World, as_person: Any) -> Any:
    visitor = as_person(world.supervisor)
    visitor.post("/language", {"language": "en"})
    return visitor


def paper_text(answer: Any) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)


def issued(selam: Any) -> Any:
    answer = selam.post("/me/certificate")
    assert answer.status_code == 303
    return selam.get(answer.location)


def code_of(session: Session) -> str:
    session.rollback()
    return str(session.execute(select(Certificate.code).order_by(Certificate.__table__.c.issued_at.desc())).scalars().first())


def asked(world: make.World, selam: Any) -> None:
    assert selam.post(f"/placements/{world.placement.id}/reference-request").status_code == 303


def test_before_the_first_confirmed_hour_there_is_nothing_to_show(world: make.World, as_person: Any, session: Session) -> None:
    make.hours(world.database, world.placement)
    visitor = as_person(world.participant)

    assert visitor.get("/me/certificate").status_code == 200
    assert visitor.post("/me/certificate").status_code == 409
    assert visitor.post("/me/certificate/shares").status_code == 409
    assert session.execute(select(Certificate)).first() is None


def test_the_paper_says_the_work_the_period_and_the_confirmed_hours_and_nothing_about_benefit(world: make.World, selam: Any) -> None:
    answer = issued(selam)

    said = paper_text(answer)
    assert answer.mimetype == "application/pdf"
    assert all(words in said for words in ("Selam Tesfay", "Planten verzorgen", "Kwekerij De Morgen", "4 uur", "Planten in potten zetten"))
    assert not re.search("uitkering|bijstand|benefit|gemeente|municipality|premie|premium", said, re.IGNORECASE)


def test_the_paper_is_tagged_in_dutch_with_the_own_language_after_it(world: make.World, selam: Any) -> None:
    selam.post("/language", {"language": "ar"})
    paper = PdfReader(BytesIO(issued(selam).data))

    catalogue = paper.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"] and str(catalogue["/Lang"]) == "nl"
    assert b"pdfuaid:part" in catalogue["/Metadata"].get_data()
    assert len(paper.pages) == 2


def test_the_same_facts_are_given_out_once_and_more_hours_make_a_new_paper(world: make.World, selam: Any, as_person: Any, session: Session) -> None:
    first, again = issued(selam), issued(selam)
    assert first.data == again.data

    entry = make.hours(world.database, world.placement, day=make.MONDAY + make.timedelta(days=1))
    as_person(world.supervisor).post(f"/hours/{entry.id}/confirmation")
    assert "8 uur" in paper_text(issued(selam))
    assert len(session.execute(select(Certificate)).all()) == 2


def test_making_the_paper_takes_less_than_a_second_and_a_half(selam: Any) -> None:
    issued(selam)
    began = time.process_time()
    issued(selam)
    assert time.process_time() - began < 1.5


# checking ----------------------------------------------------------------------------------------


def test_whoever_holds_the_paper_reads_what_was_given_out_without_an_account(selam: Any, visitor: Any, session: Session) -> None:
    issued(selam)
    code = code_of(session)

    page = visitor.get(f"/verify/{code[:5].lower()}-{code[5:]}")

    assert page.status_code == 200
    assert "Selam Tesfay" in page.text and "Planten verzorgen" in page.text
    assert visitor.get("/verify", query_string={"code": code}).location == f"/verify/{code}"
    assert visitor.get("/verify").status_code == 200


@pytest.mark.parametrize("code", ["AAAAAAAAAA", "x", "%00", "🙂", "<script>", "A" * 500])
def test_a_code_nobody_gave_out_is_said_to_be_none(visitor: Any, code: str) -> None:
    answer = visitor.get(f"/verify/{code}")

    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("change", ["content = replace(content, '240', '24000')", "signature = '00'", "code = 'ABCDEFGHJK'"])
def test_a_certificate_that_was_changed_in_the_database_is_not_trusted(
    selam: Any, visitor: Any, database: Database, session: Session, change: str
) -> None:
    issued(selam)
    with database.transaction() as db:
        db.execute(text(f"UPDATE certificate SET {change}"))

    page = visitor.get(f"/verify/{code_of(session)}")

    assert page.status_code == 200
    assert "Selam" not in page.text


def test_a_certificate_taken_back_no_longer_counts_and_its_links_end(selam: Any, visitor: Any, session: Session) -> None:
    issued(selam)
    link = link_of(selam.post("/me/certificate/shares"))
    certificate_id = session.execute(select(Certificate.id)).scalar_one()

    for _ in range(2):
        assert selam.post(f"/me/certificate/{certificate_id}/withdrawal").status_code == 303

    assert "Selam" not in visitor.get(f"/verify/{code_of(session)}").text
    assert visitor.get(link).status_code == 404
    assert selam.get(f"/me/certificate/{certificate_id}.pdf").status_code == 404
    actions_told = session.execute(select(HistoryRow.action)).scalars().all()
    assert actions_told.count("certificate.withdrawn") == 1


# sharing -----------------------------------------------------------------------------------------


def link_of(answer: Any) -> str:
    found = re.search(r'value="[^"]*(/shared/[\w-]+)"', answer.text)
    assert found, answer.text
    return found[1]


def test_a_link_opens_the_certificate_for_thirty_days_and_not_longer(selam: Any, visitor: Any, database: Database, session: Session) -> None:
    link = link_of(selam.post("/me/certificate/shares"))

    assert "Planten verzorgen" in visitor.get(link).text
    assert visitor.get(f"{link}/werkbewijs.pdf").mimetype == "application/pdf"
    share = session.execute(select(CertificateShare)).scalar_one()
    assert (share.ends_at - share.created_at).days == 30
    assert link.rpartition("/")[2] not in share.token_digest

    with database.transaction() as db:
        db.execute(
            text("UPDATE certificate_share SET created_at = :a, ends_at = :b"),
            {"a": make.NOW - make.timedelta(31), "b": make.NOW - make.timedelta(1)},
        )
    assert visitor.get(link).status_code == 404
    assert visitor.get(f"{link}/werkbewijs.pdf").status_code == 404


def test_all_links_can_be_ended_at_once(selam: Any, visitor: Any) -> None:
    links = [link_of(selam.post("/me/certificate/shares")) for _ in range(2)]
    assert "End all links" in selam.get("/me/certificate").text

    selam.post("/me/certificate/shares/end")

    assert [visitor.get(link).status_code for link in links] == [404, 404]
    assert visitor.get("/shared/" + "x" * 22).status_code == 404


def test_the_paper_of_somebody_else_is_not_found(world: make.World, selam: Any, as_person: Any, session: Session) -> None:
    issued(selam)
    certificate_id = session.execute(select(Certificate.id)).scalar_one()

    for somebody in (world.other_participant, world.stranger):
        visitor = as_person(somebody)
        assert visitor.get(f"/me/certificate/{certificate_id}.pdf").status_code == 404
        assert visitor.post(f"/me/certificate/{certificate_id}/withdrawal").status_code == 404
    assert session.execute(select(Certificate.withdrawn_at)).scalar_one() is None


# a few words -------------------------------------------------------------------------------------


def test_asking_for_a_few_words_asks_once_and_tells_the_supervisor(world: make.World, selam: Any, jan: Any, session: Session) -> None:
    for _ in range(2):
        asked(world, selam)

    told = session.execute(select(Notification.account_id).where(Notification.__table__.c.key == "reference.ask")).scalars().all()
    assert told == [world.supervisor.account_id]
    assert f"/placements/{world.placement.id}/reference" in jan.get("/employer/team").text


def test_the_words_stand_on_the_paper_with_the_name_of_who_wrote_them(world: make.World, selam: Any, jan: Any, session: Session) -> None:
    asked(world, selam)
    answer = {"answer": "yes", "words": "  Werkt netjes\n en is op tijd. "}
    for _ in range(2):
        assert jan.post(f"/placements/{world.placement.id}/reference", answer).status_code == 303

    said = paper_text(issued(selam))
    assert "Werkt netjes en is op tijd." in said and "Jan Wit" in said
    told = session.execute(select(Notification.key).where(Notification.__table__.c.account_id == world.participant.account_id)).scalars().all()
    assert told.count("reference.given") == 1


def test_the_participant_chooses_whether_the_words_are_shown(world: make.World, selam: Any, jan: Any) -> None:
    asked(world, selam)
    jan.post(f"/placements/{world.placement.id}/reference", {"answer": "yes", "words": "Werkt netjes."})

    selam.post(f"/placements/{world.placement.id}/reference-shown", {"shown": "no"})
    assert "Werkt netjes" not in paper_text(issued(selam))
    selam.post(f"/placements/{world.placement.id}/reference-shown", {"shown": "yes"})
    assert "Werkt netjes" in paper_text(issued(selam))
    assert selam.post(f"/placements/{world.placement.id}/reference-shown", {"shown": "perhaps"}).status_code == 422


def test_a_refusal_is_told_with_respect_and_leaves_the_certificate_whole(world: make.World, selam: Any, jan: Any, session: Session) -> None:
    asked(world, selam)
    jan.post(f"/placements/{world.placement.id}/reference", {"answer": "no", "words": "Niet goed."})

    page = selam.get("/me/certificate").text
    assert "That says nothing about your work" in page and "Niet goed" not in page
    assert session.execute(select(Reference.words)).scalar_one() == ""
    assert "Planten verzorgen" in paper_text(issued(selam))
    assert jan.post(f"/placements/{world.placement.id}/reference", {"answer": "yes", "words": "Toch wel."}).status_code == 409


@pytest.mark.parametrize("words", ["", "   ", "x" * 401])
def test_words_that_are_missing_or_too_long_are_asked_again_and_kept(world: make.World, selam: Any, jan: Any, words: str) -> None:
    asked(world, selam)

    answer = jan.post(f"/placements/{world.placement.id}/reference", {"answer": "yes", "words": words})

    assert answer.status_code == 422
    assert 'id="words-error"' in answer.text
    assert words.strip() in answer.text


def test_nobody_writes_words_that_were_not_asked_or_about_another_workplace(world: make.World, selam: Any, jan: Any, as_person: Any) -> None:
    address = f"/placements/{world.placement.id}/reference"
    assert jan.get(address).status_code == 200
    assert jan.post(address, {"answer": "yes", "words": "Goed."}).status_code == 404
    asked(world, selam)
    for somebody in (world.other_supervisor, world.strange_supervisor):
        assert as_person(somebody).post(address, {"answer": "yes", "words": "Goed."}).status_code == 404
    assert as_person(world.other_participant).post(f"{address}-request").status_code == 404


def test_words_of_people_never_enter_the_history(world: make.World, selam: Any, jan: Any, session: Session) -> None:
    asked(world, selam)
    jan.post(f"/placements/{world.placement.id}/reference", {"answer": "yes", "words": "Werkt netjes."})
    selam.post("/me/cv", {"about": "Ik hou van planten."})

    facts = " ".join(session.execute(select(HistoryRow.facts)).scalars())
    assert "netjes" not in facts and "planten" not in facts


# the own CV --------------------------------------------------------------------------------------


def test_a_cv_keeps_own_words_and_adds_the_work_by_itself(world: make.World, selam: Any) -> None:
    words = {"about": "I like plants.", "contact": "0600 000 100", "languages": "Tigrinya, a little Dutch"}
    for _ in range(2):
        assert selam.post("/me/cv", words).status_code == 303

    assert "I like plants." in selam.get("/me/cv").text
    said = paper_text(selam.get("/me/cv.pdf"))
    assert "I like plants." in said and "Planten verzorgen" in said and "0600 000 100" in said
    profile = selam.get("/me/cv.json").json
    assert profile["Profile"] == "I like plants."
    assert [one["Position"] for one in profile["WorkExperiences"]] == ["Planten verzorgen"]


def test_a_cv_that_is_too_long_is_asked_again_and_nothing_is_lost(selam: Any) -> None:
    answer = selam.post("/me/cv", {"about": "y" * 2001, "skills": "Snoeien"})

    assert answer.status_code == 422
    assert 'id="about-error"' in answer.text and "Snoeien" in answer.text
    assert "Snoeien" not in selam.get("/me/cv").text


def test_two_certificates_asked_at_once_have_one_key(world: make.World, app: Flask, database: Database) -> None:
    from webapp.certificate import signing

    with database.transaction() as db:
        first = signing.sign(db, "A", "B", now=make.NOW)
    with database.transaction() as db:
        assert signing.sign(db, "A", "B", now=make.NOW) == first
        assert signing.is_ours(db, "A", "B", first)
        assert not signing.is_ours(db, "A", "C", first)
