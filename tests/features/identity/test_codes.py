"""Old codes inside the unified code, and what a written code says of an enterprise."""

from __future__ import annotations

import pytest

from features.identity import codes
from tests.features.identity.firms import organisation, unified

USCC = "91110000600037341L"


def test_characters_9_to_17_are_the_organisation_code() -> None:
    assert codes.organisation_code(USCC) == "600037341"
    assert codes.organisation_code(unified(7)) == organisation(7)


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("91110000600037341L", "USCC-91110000600037341L"),
        ("９１１１００００６０００３７３４１l", "USCC-91110000600037341L"),
        ("60003734-1", "ORG-600037341"),
        ("10000522-0", "ORG-100005220"),
        ("110105600037341", "ORG-600037341"),
        ("110105600037341000", "ORG-600037341"),
        ("440301103097413", "REG-440301103097413"),
        ("91110000600037341A", None),
        ("100005221", None),
        ("1.10117E+14", None),
        ("***N0", None),
        ("", None),
    ],
)
def test_a_written_code_gives_the_subject_that_it_is(written: str, subject: str | None) -> None:
    assert codes.subject_of(written) == subject


def test_a_padded_resident_number_is_no_organisation() -> None:
    # 15 digits of an old resident number and three zeros: a natural person, whatever the check digit says.
    person = "110105600101001"
    assert codes.subject_of(person + "000") is None
    assert codes.organisation_codes(f"TAX-{person}000") == ()


def test_fifteen_digits_that_fit_both_kinds_say_nothing_unless_the_record_says_which() -> None:
    both = next(
        number
        for number in (f"110105{organisation(n)}" for n in range(10_000_000, 10_000_400))
        if number.isdigit() and codes.subject_of(number, "registration_no")
    )
    assert codes.subject_of(both) is None
    assert codes.subject_of(both, "registration_no") == f"REG-{both}"


@pytest.mark.parametrize(
    ("written", "agreement"),
    [
        (USCC, "same"),
        ("60003734-1", "same"),
        ("110105600037341", "same"),
        ("9111****7341L", "masked"),
        ("9111****9999L", "none"),
        ("9.11E+17", "none"),
        ("9.111E+17", "masked"),
        ("911100006000373000", "masked"),
        ("91110000600037431L", "near"),
        ("9111000060003734L", "near"),
        ("100005220", "differs"),
        ("91330000799655058X", "differs"),
        ("1101080047", "unlike"),
        (None, "none"),
    ],
)
def test_agreement(written: str | None, agreement: str) -> None:
    assert codes.agreement(written, USCC) == agreement


def test_a_registration_number_differs_only_from_a_known_one() -> None:
    written = "440301103097413"
    assert codes.agreement(written, USCC) == "unlike"
    assert codes.agreement(written, USCC, "440301103097413") == "same"
    assert codes.agreement(written, USCC, "110105000000010") == "differs"
