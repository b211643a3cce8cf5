"""Documents on paper: tagged, in the language of the reader, and the same bytes when made again."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from webapp.foundation import documents
from webapp.foundation.texts import use_language

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LAYOUT = """#import "/foundation/document.typ": *
#show: document
= #content.title
#content.words
#facts((("€", "212,00"),))
#image(bytes(content.code), format: "svg", width: 30mm, alt: "QR")
"""


@pytest.fixture
def layout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    (tmp_path / "foundation").symlink_to(Path(documents.__file__).parent)
    (tmp_path / "trial.typ").write_text(LAYOUT)
    monkeypatch.setattr(documents, "WEBAPP", tmp_path)
    return "trial.typ"


@pytest.mark.parametrize(("code", "words"), [("nl", "Je uitkering blijft gelijk."), ("ar", "تبقى إعانتك كما هي"), ("ti", "ሰላም"), ("uk", "Вітаємо")])
def test_a_document_is_tagged_and_says_its_language_and_title(layout: str, code: str, words: str) -> None:
    use_language(code)

    made = documents.pdf(layout, title=words, content={"words": words, "code": documents.qr_svg("WATER123")}, at=AT)

    catalogue = PdfReader(BytesIO(made)).trailer["/Root"]
    assert str(catalogue["/Lang"]).startswith(code) and catalogue["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in catalogue["/Metadata"].get_data()
    assert PdfReader(BytesIO(made)).metadata.title == words


def test_the_same_document_made_again_has_the_same_bytes(layout: str) -> None:
    made = [documents.pdf(layout, title="Brief", content={"words": "Dag", "code": documents.qr_svg("A")}, at=AT) for _ in range(2)]

    assert made[0] == made[1]


def test_a_sign_that_no_font_has_becomes_a_square_and_the_paper_is_made(layout: str) -> None:
    use_language("nl")

    made = documents.pdf(layout, title="Mijn gegevens", content={"words": "Fijn 💩🎉 \u0e01 gewerkt", "code": documents.qr_svg("WATER123")}, at=AT)

    text = PdfReader(BytesIO(made)).pages[0].extract_text()
    assert "Fijn □□ □ gewerkt" in text
