"""The official rules of EN 16931 for UBL (CEN, EUPL-1.2, see tests/peers/en16931), run on a document."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).parents[1] / "peers" / "en16931" / "CEN-EN16931-UBL.xslt"


@lru_cache
def _compiled() -> tuple[Any, Any]:
    from saxonche import PySaxonProcessor

    processor = PySaxonProcessor(license=False)
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES))


def broken_rules(document: bytes) -> list[str]:
    """The names of the rules this document breaks; empty when it keeps them all."""
    processor, rules = _compiled()
    report = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=document.decode()))
    assert "fired-rule" in report, "no rule looked at it"
    return re.findall(r'<svrl:failed-assert\b[^>]*\bid="([^"]+)"', report)
