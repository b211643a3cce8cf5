"""Static files: read once per process, compressed as small as can be, and kept by phones for a year."""

from __future__ import annotations

import gzip
import mimetypes
from functools import lru_cache

import brotli  # type: ignore[import-untyped]  # the package says nothing about its types
from flask import Flask, Response, abort, make_response, request

from webapp.foundation.pages import STATIC

KINDS = {".woff2": "font/woff2", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
COMPRESSED = {".js", ".css", ".svg", ".md"}
COMPRESS = {"br": brotli.compress, "gzip": gzip.compress, "": bytes}


def serve_files(app: Flask) -> None:
    """The endpoint `static`. An address with the mark of its content, as `asset` gives, never changes."""
    known = {file.relative_to(STATIC).as_posix() for file in STATIC.rglob("*") if file.is_file()}

    @app.get("/static/<path:filename>", endpoint="static")
    def send(filename: str) -> Response:
        if filename not in known:
            abort(404)
        squeezed = "." + filename.rsplit(".", 1)[-1] in COMPRESSED
        coding = request.accept_encodings.best_match(["br", "gzip"], "") if squeezed else ""
        answer = make_response(content(filename, coding or ""))
        answer.headers["Content-Type"] = kind_of(filename)
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        if squeezed:
            answer.headers["Vary"] = "Accept-Encoding"
        if coding:
            answer.headers["Content-Encoding"] = coding
        answer.add_etag()
        answer.make_conditional(request)
        return answer


@lru_cache
def content(filename: str, coding: str) -> bytes:
    return COMPRESS[coding]((STATIC / filename).read_bytes())


def kind_of(filename: str) -> str:
    return KINDS.get("." + filename.rsplit(".", 1)[-1]) or mimetypes.guess_type(filename)[0] or "application/octet-stream"
