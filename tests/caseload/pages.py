"""Looking at the pages of a case manager: what stands on them, without the parts that differ by nature."""

from __future__ import annotations

import re
from typing import Any


def words(answer: Any) -> str:
    """The text somebody reads on the main part of a page, in English or Dutch, with single blanks."""
    html = answer.get_data(as_text=True)
    main = html[html.index("<main") : html.index("</main>")]
    plain = re.sub(r"<[^>]+>", " ", main).replace("&nbsp;", " ").replace("\xa0", " ").replace("&#39;", "'")
    return re.sub(r"\s+", " ", plain)


def titles(answer: Any) -> list[str]:
    """The headings of the cards, in their order."""
    html = answer.get_data(as_text=True)
    return [re.sub(r"<[^>]+>", "", title).strip() for title in re.findall(r"<h3>(.*?)</h3>", html)]


def statements(answer: Any) -> int:
    return int(re.findall(r'sql;desc="(\d+)"', answer.headers["Server-Timing"])[0])


def without_ids(answer: Any) -> str:
    """A page in which every id is the same, so that two pages differ only in what they tell."""
    uuid = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    return re.sub(uuid, "ID", answer.get_data(as_text=True))
