"""The look stays small, lawful under the strict content policy, and the same in every reading direction."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "webapp").glob("**/templates/**/*.html"))
CSS = (STATIC / "app.css").read_text()

HTMX_ATTRIBUTES = set(
    "hx-action hx-config hx-confirm hx-delete hx-disable hx-encoding hx-get hx-headers hx-ignore hx-include hx-indicator hx-method"
    " hx-patch hx-post hx-preserve hx-push-url hx-put hx-replace-url hx-select hx-select-oob hx-status hx-swap hx-swap-oob hx-sync"
    " hx-target hx-trigger hx-validate hx-vals".split()
)  # hx-on and hx-boost exist too: the first needs eval, the second is not how this house works
KILOBYTES = {".css": 48, ".js": 40, ".svg": 24, ".png": 24, ".woff2": 64, ".md": 16}


def markup(template: Path) -> str:
    """The template without its comments."""
    return re.sub(r"\{#.*?#\}|<!--.*?-->", "", template.read_text(), flags=re.DOTALL)


def each_template(test):
    return pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))(test)


def test_the_styles_weigh_at_most_ten_kilobytes_on_the_way_to_a_phone():
    assert len(gzip.compress(CSS.encode(), 9)) <= 10_240


def test_the_styles_know_start_and_end_but_no_left_and_right():
    physical = r"(?<![-\w])(?:(?:margin|padding|border)-(?:left|right)\b[^:;{}]*|left|right)\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
    assert re.findall(physical, CSS) == []


def test_both_blocks_of_dark_colours_are_equal():
    by_phone, by_choice = (
        re.search(start + r"[^{]*\{(.*?)\n\}", CSS, re.DOTALL)[1] for start in (r":root:not\(\[data-theme=light\]\)", r":root\[data-theme=dark\]")
    )
    colours = [set(re.findall(r"(--os-[\w-]+):\s*([^;]+);", block)) for block in (by_phone, by_choice)]
    assert colours[0] and colours[0] == colours[1]


@each_template
def test_no_template_carries_what_the_content_policy_forbids(template):
    forbidden = r"""\sstyle\s*=|<style\b|\son[a-z]+=["']|<script\b(?![^>]*\bsrc=)|javascript:|\bhx-on\b|["']js:"""
    assert re.findall(forbidden, markup(template), re.IGNORECASE) == []


@each_template
def test_every_htmx_attribute_exists(template):
    used = {name.split(":")[0] for name in re.findall(r"\s(hx-[\w:-]+)\s*=", markup(template))}
    assert used - HTMX_ATTRIBUTES == set()


@each_template
def test_every_icon_is_in_the_sprite(template):
    known = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    first = re.findall(r'\b(?:icon|tile|fact)\(\s*"([a-z0-9-]+)"', markup(template))
    second = re.findall(r'\b(?:chip|strip)\(\s*"[a-z]*"\s*,\s*"([a-z0-9-]+)"', markup(template))
    assert set(first + second) - known == set()


@pytest.mark.parametrize("file", sorted(file for file in STATIC.rglob("*") if file.is_file()), ids=lambda file: file.name)
def test_no_static_file_is_too_heavy(file):
    picture = file.name.startswith("screenshot-")  # shown where somebody installs the app, never on a page
    assert file.stat().st_size <= (60 if picture else KILOBYTES[file.suffix]) * 1024


@each_template
def test_no_words_stand_in_a_template_that_nobody_can_translate(template):
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", template.read_text(), flags=re.DOTALL)
    text = re.sub(r'[\w-]+="[^"]*"', " ", text)  # a macro may give attributes
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>|&\w+;", " ", text, flags=re.DOTALL)
    assert set(re.findall(r"[^\W\d_]{2,}", text)) <= {"Opstap"}
