"""Logs are structured lines without personal data: what happened, how long it took, never who or what was typed."""

from __future__ import annotations

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("opstap")


def set_up(*, json: bool) -> None:
    """Lines as JSON for machines, or readable ones for a person at a terminal."""
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def follow_requests(app: Flask, *, every_request: bool) -> None:
    """One line per change or failure (or per request): the route, not the address, because addresses hold ids."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        if every_request and (request.method != "GET" or response.status_code >= 500):
            took = round(1000 * (time.perf_counter() - g.get("began", time.perf_counter())), 1)
            log.info("request", route=str(request.url_rule or "unknown"), method=request.method, status=response.status_code, ms=took)
        return response


def tell_failure(error: BaseException) -> None:
    """A fault of ours, with its kind and place but without the values in it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
    log.error("failure", kind=type(error).__name__, place=place, route=str(request.url_rule or "unknown"))
