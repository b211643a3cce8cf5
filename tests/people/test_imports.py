"""People and employers from a file: all of it or nothing, with each fault named."""

import pytest
from sqlalchemy import select

from tests.factories import NOW, TODAY
from webapp.people.employers import Establishment
from webapp.people.imports import NotImported, import_employers, import_people
from webapp.people.models import Account, Membership, ParticipantFile

EMPLOYERS = """municipality;municipality_name;municipality_phone;employer;kvk;is_agency;establishment;street;town;staff_count;staff_counted_on
zuidveen;Zuidveen;0100 111 111;Bakkerij Krul;12345678;no;Krul Centrum;Dorpsplein 1;Zuidveen;14;2026-01-01
zuidveen;;;Uitzendburo Vlot;87654321;yes;Vlot;Kade 2;Zuidveen;;
""".splitlines()
PEOPLE = """municipality,reference,role,first_name,last_name,email,phone,language,kvk,establishment,case_manager,birth_date
zuidveen,p1,participant,Noor,Smit,,,nl,,,c1,
zuidveen,c1,case_manager,Ida,Vos,ida@zuidveen.example,,nl,,,,
zuidveen,s1,supervisor,Bert,Krul,,,en,12345678,Krul Centrum,,
""".splitlines()


def take(database, employers=EMPLOYERS, people=PEOPLE):
    with database.transaction() as db:
        import_employers(db, employers, now=NOW)
        return import_people(db, people, now=NOW, today=TODAY)


def test_a_file_brings_people_in_with_their_roles_and_again_adds_nobody(database, session):
    assert [take(database), take(database)] == [3, 3]
    assert sorted(session.execute(select(Account.handle)).scalars()) == ["zuidveen-c1", "zuidveen-p1", "zuidveen-s1"]
    assert len(session.execute(select(Membership)).all()) == 3
    assert len(session.execute(select(Establishment)).all()) == 2


def test_what_is_not_filled_in_stays_unknown(database, session):
    take(database)
    [own] = session.execute(select(ParticipantFile)).scalars()
    assert own.birth_date is None
    assert session.execute(select(Establishment.staff_count).where(Establishment.name == "Vlot")).scalar_one() is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("zuidveen,p2,participant,A,B,,,nl,,,nobody,", "line 5, case_manager"),
        ("zuidveen,p2,boss,A,B,,,nl,,,c1,", "line 5, role"),
        ("zuidveen,p2,participant,,B,,,nl,,,c1,", "line 5, first_name"),
        ("zuidveen,p2,participant,A,B,,,xx,,,c1,", "line 5, language"),
        ("zuidveen,p2,participant,A,B,,,nl,,,c1,31-31-1990", "line 5, birth_date"),
        ("noordveen,p2,participant,A,B,,,nl,,,c1,", "line 5, municipality"),
        ("zuidveen,s2,supervisor,A,B,,,nl,12345678,Krul Noord,,", "line 5, establishment"),
        ("zuidveen,p2,participant,A,B,,,nl,,,c1,,surplus", "line 5, too many columns"),
    ],
)
def test_one_faulty_line_keeps_everybody_out_and_is_named(database, session, line, said):
    with pytest.raises(NotImported, match=said):
        take(database, people=[*PEOPLE, line])
    assert session.execute(select(Account)).all() == []
