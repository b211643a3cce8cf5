"""The office fixture of the invoices, for the pages and files above them."""

from tests.invoices.conftest import office

__all__ = ["office"]
