"""What is sealed opens only with its key, for its purpose, on its row."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.foundation.sealing import CannotOpen, KeyRing, Vault
from webapp.offers.seal import Sealer

ROW, OTHER = UUID(int=1), UUID(int=2)
VAULT = Vault(("secret one",), "bank account")


@given(st.text(max_size=200))
def test_what_is_sealed_comes_back_and_no_two_seals_are_alike(text: str) -> None:
    first, second = VAULT.seal(text, ROW), VAULT.seal(text, ROW)

    assert (VAULT.open(first, ROW), VAULT.open(second, ROW)) == (text, text)
    assert first != second


@pytest.mark.parametrize(
    ("vault", "row"), [(VAULT, OTHER), (Vault(("another",), "bank account"), ROW), (Vault(("secret one",), "citizen number"), ROW)]
)
def test_another_row_secret_or_purpose_opens_nothing(vault: Vault, row: UUID) -> None:
    sealed = VAULT.seal("NL91ABNA0417164300", ROW)

    with pytest.raises(CannotOpen):
        vault.open(sealed, row)


def test_after_a_new_secret_what_the_former_sealed_still_opens() -> None:
    sealed = VAULT.seal("NL91ABNA0417164300", ROW)

    renewed = Vault(("secret two", "secret one"), "bank account")

    assert renewed.open(sealed, ROW) == "NL91ABNA0417164300"
    with pytest.raises(CannotOpen):
        VAULT.open(renewed.seal("NL91ABNA0417164300", ROW), ROW)


def test_a_digest_finds_the_same_account_in_one_municipality_only() -> None:
    assert VAULT.digest("A", 1) == VAULT.digest("A", 1)
    assert len({VAULT.digest("A", 1), VAULT.digest("A", 2), VAULT.digest("B", 1), Vault(("x",), "bank account").digest("A", 1)}) == 4


def test_what_a_former_secret_sealed_still_opens_and_nothing_else_does() -> None:
    offer_id = uuid4()
    before, after, stranger = KeyRing("old" * 12), KeyRing("new" * 12, "old" * 12), KeyRing("strange" * 6)
    sealed, said = before.seal("purpose", "words"), Sealer("old" * 12).seal("no", offer_id)

    assert after.open("purpose", sealed) == "words"
    assert Sealer("new" * 12, "old" * 12).open(said, offer_id) == "no"
    assert after.open("purpose", after.seal("purpose", "more")) == "more"
    for ring, what in ((stranger, sealed), (before, after.seal("purpose", "more"))):
        with pytest.raises(CannotOpen):
            ring.open("purpose", what)
