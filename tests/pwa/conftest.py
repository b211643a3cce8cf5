"""The browser and the served demo of tests/browser serve here too."""

from tests.browser.conftest import chromium, phone, serve, served

__all__ = ["chromium", "phone", "serve", "served"]
