"""Templates, compiled once per language: what is the same in every answer is written into them beforehand.

A page has some thirty texts, icons and parts that depend on nothing but the language. Looking each up again for
every reader took a third of the time of a page (DECISIONS.md 19).
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from flask.sansio.app import App
from flask.templating import Environment
from jinja2 import BaseLoader, Template, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from webapp.foundation import texts
from webapp.foundation.pages import asset, icon_mark

PARTS = "components/ui.html"
FIXED: dict[str, Callable[..., str]] = {"_": texts.gettext, "gettext": texts.gettext, "asset": asset, "icon": icon_mark, "icon_mark": icon_mark}


class OfOneLanguage(BaseLoader):
    """Finds "nl:hours/mine.html" where the loader under it finds "hours/mine.html"."""

    def __init__(self, loader: BaseLoader) -> None:
        self.loader = loader

    def get_source(self, environment: Any, template: str) -> Any:
        return self.loader.get_source(environment, template.partition(":")[2])

    def list_templates(self) -> list[str]:
        return self.loader.list_templates()


class SameModule(Template):
    """A template whose macros are made once: all know the same globals, so Jinja need not compare them at every import."""

    def _get_default_module(self, ctx: Any = None) -> Any:
        return super()._get_default_module()


class SpokenEnvironment(Environment):
    """Gives each template in the language that is spoken when it is asked for. Every template knows the parts as `ui`."""

    template_class = SameModule

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        assert self.loader is not None
        self.loader = OfOneLanguage(self.loader)
        self._parts: dict[str, Any] = {}
        self._known: dict[tuple[str, str], Template] = {}

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        code = texts.language().code
        found = None if globals else self._known.get((code, name))
        if found is None:
            if name != PARTS:  # they do not use themselves
                globals = {**(globals or {}), "ui": self.parts()}
            found = self._known[code, name] = super()._load_template(f"{code}:{name}", globals)
            found.globals = dict(found.globals)  # copied for every answer, and a chain of dictionaries is slow to copy
        return found

    def parts(self) -> Any:
        """The macros of components/ui.html in this language; they use no variable of a page, so they are made once."""
        code = texts.language().code
        if code not in self._parts:  # two threads may both make them: each makes the same
            self._parts[code] = self.get_template(PARTS).module
        return self._parts[code]

    def _generate(self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False) -> str:
        # Jinja's own optimizer works filters out too (`30|duration`), so it also has to know the language
        code, _, file = (name or "").partition(":")
        with texts.speaking(code):
            parts = None if file == PARTS else self.parts()
            return super()._generate(WrittenOut(parts).visit(source), name, filename, defer_init)


class WrittenOut(NodeTransformer):
    """Replaces calls whose answer is known while a template is compiled: `_("Today")`, `icon("sun")`, `ui.strip("good", …)`."""

    def __init__(self, parts: Any) -> None:
        self.parts = parts

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:
        self.generic_visit(node)
        call = self.known(node.node)
        try:
            given = [argument.as_const() for argument in node.args]
            named = {pair.key: pair.value.as_const() for pair in node.kwargs}
        except nodes.Impossible:
            return node
        if call is None or node.dyn_args or node.dyn_kwargs:
            return node
        made = call(*given, **named)
        at = {"lineno": node.lineno, "environment": node.environment}
        text = nodes.Const(str(made), **at)  # a compiled template holds plain constants only, so markup gets its mark around it
        return nodes.MarkSafe(text, **at) if isinstance(made, Markup) else text

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.CallBlock:
        """The call of `{% call ui.strip(…) %}` is made with the block, so only what is inside is replaced."""
        self.generic_visit(node.call)
        node.body = [self.visit(part) for part in node.body]
        return node

    def known(self, called: nodes.Expr) -> Callable[..., str] | None:
        if isinstance(called, nodes.Name):
            return FIXED.get(called.name)
        if isinstance(called, nodes.Getattr) and isinstance(called.node, nodes.Name) and called.node.name == "ui":
            return getattr(self.parts, called.attr, None)
        return None
