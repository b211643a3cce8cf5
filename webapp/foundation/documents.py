"""Documents on paper: one PDF from a layout (`<slice>/documents/NAME.typ`) and words that are already in a language.

The layout holds no word of its own: everything a reader sees comes in `content`, translated where it was made. Every
document is tagged, names its language and its title, and carries the PDF/UA-1 marker; its fonts travel with Opstap.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Response, make_response

from webapp.foundation.texts import language

WEBAPP = Path(__file__).parents[1]
FONTS = Path(__file__).parent / "fonts"
NO_SIGN = "\u25a1"  # an empty square, where no font has the sign somebody wrote
MOST_STRANGE_SIGNS = 200


def pdf(layout: str, *, title: str, content: Mapping[str, Any], at: datetime | None = None) -> bytes:
    """A PDF of A4 pages. `layout` is a path inside webapp ("access/documents/letter.typ"); `at` is the instant it says it was made.

    `content` is plain values (text, numbers, lists, mappings); the layout reads it with `content-of()`. A picture travels as SVG text.
    The same content at the same instant gives the same bytes. Raises typst.TypstError when the layout is wrong.
    """
    import typst  # 80 MB that a page never needs

    spoken = language()
    told = json.dumps({**content, "title": title, "lang": spoken.code, "dir": spoken.direction}, ensure_ascii=False, default=str)
    for _ in range(MOST_STRANGE_SIGNS):
        try:
            made: bytes = typst.compile(
                WEBAPP / layout, root=WEBAPP, font_paths=[FONTS], ignore_system_fonts=True, format="pdf", pdf_standards="ua-1",
                sys_inputs={"content": told, "at": str(int(at.timestamp())) if at else ""},
            )  # fmt: skip
            return made
        except typst.TypstError as wrong:
            strange = not_in_fonts(str(wrong))
            if not strange:
                raise
            told = "".join(NO_SIGN if sign in strange else sign for sign in told)
    raise ValueError("too many signs that no font has")


def not_in_fonts(complaint: str) -> set[str]:
    """The signs that Typst says no font of ours has; people write smileys.

    >>> sorted(not_in_fonts('PDF/UA-1 error: the text `"a\\u{1f4a9}"` could not be displayed with font `"Source Sans 3"`')) == [chr(0x1F4A9)]
    True
    """
    found = re.search(r'the text `"(.+?)"` could not be displayed', complaint)
    text = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), found[1]) if found else ""
    return {sign for sign in text if not sign.isascii()}


def qr_svg(text: str) -> str:
    """A QR code as SVG text for a layout: always black on white."""
    import segno

    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=4, xmldecl=False, svgclass=None, lineclass=None, light="#ffffff")
    return out.getvalue().decode()


def send(document: bytes, filename: str) -> Response:
    """The answer that carries a PDF; it opens in the browser and is saved under this name."""
    answer = make_response(document)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return answer
