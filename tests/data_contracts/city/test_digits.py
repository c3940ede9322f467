"""Check digits against published vectors and python-stdnum."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10

from data_contracts.city.digits import (
    card_numbers,
    letters,
    organisation_check,
    organisation_codes,
    registration_numbers,
    resident_ids,
    texts,
    uscc_check,
    usccs,
)


def test_published_vectors_keep_their_check_characters():
    for code in ("91110000600037341L", "914403001922038216", "91110000100005220B"):
        assert texts(uscc_check(letters([code[:17]]))).to_pylist() == [code[17]]
    for code in ("600037341", "192203821", "100005220", "799655058", "MA774ECW4"):
        assert texts(organisation_check(letters([code[:8]]))).to_pylist() == [code[8]]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 31**6 - 1), min_size=1, max_size=20, unique=True))
def test_made_codes_are_valid_and_distinct(serials):
    organisations = organisation_codes(np.array(serials))
    made = texts(usccs(np.full(len(serials), 91), np.full(len(serials), 440103), organisations))
    assert all(uscc.is_valid(code) for code in made.to_pylist())
    assert len(set(made.to_pylist())) == len(serials)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 999), st.integers(0, 10**9 - 1))
def test_resident_ids_registration_numbers_and_cards_are_valid(sequence, serial):
    made = texts(resident_ids(np.array([110105]), np.array([19491231]), np.array([sequence])))
    assert ric.is_valid(made.to_pylist()[0])
    number = texts(registration_numbers(np.array([440301]), np.array([serial % 10**8])))
    assert mod_11_10.is_valid(number.to_pylist()[0])
    assert luhn.is_valid(texts(card_numbers(np.array([serial]))).to_pylist()[0])
