"""Prohibited inputs are found in any notation, and ordinary words are left alone."""

from __future__ import annotations

import pytest

from features.catalogue import VIEWS
from features.expressions import Records, months_since
from features.policy import PROTECTED, WHOLE_WORDS, refused_input
from features.validation import subject_kind


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("sex", "sex"),
        ("applicantGender", "sex"),
        ("xingbie", "sex"),
        ("性 别", "sex"),
        ("ETHNICITY_CODE", "ethnicity"),
        ("race", "ethnicity"),
        ("籍贯", "ethnicity"),
        ("marital-status", "marital status"),
        ("婚姻狀況", "marital status"),
        ("education_level", "education"),
        ("文化程度", "education"),
        ("dateOfBirth", "age"),
        ("生日", "age"),
        ("客户生日", "age"),
        ("出生日期", "age"),
        ("生日日期", "age"),
        ("生日发生日期", "age"),
        ("发生日期与生日", "age"),
        # what a word is cut out of does not grow together
        ("出生发生日期", "age"),
        ("年齡", "age"),
        ("政治面貌", "political"),
        ("religion", "religion"),
        ("血型", "blood type"),
        ("medical_history", "disease"),
    ],
)
def test_prohibited(text: str, title: str) -> None:
    found = refused_input("harmless", text)
    assert found is not None
    assert title in found


@pytest.mark.parametrize(
    "text",
    [
        "average_bill", "mortgage", "percentage", "usage", "embrace", "essex", "trace", "stage",
        "general_ledger", "发生日期", "首次 发生 日期", "發生日期", "费用产生日期", "出发生日期末",
        "账龄", "账单", "资格证书", "法人",
    ],
)  # fmt: skip
def test_ordinary_words(text: str) -> None:
    assert refused_input(text) is None


def test_an_ordinary_word_holds_a_protected_one_across_the_border_of_two() -> None:
    protected = [word for words in PROTECTED.values() for word in words]
    for ordinary in WHOLE_WORDS:
        held = [word for word in protected if word in ordinary]
        assert held, f"{ordinary} need not be listed"
        # no end of it is a protected word, so that cutting it out hides none that stands alone
        assert not any(ordinary.startswith(word) or ordinary.endswith(word) for word in held)
        assert refused_input(f"{ordinary}与{held[0]}") is not None


def test_months_since_an_event_can_be_declared() -> None:
    happened = Records("multi_lending")["occurred_on"]
    assert subject_kind(months_since(happened.latest())) == "number"


def test_no_declared_feature_reads_a_person() -> None:
    for view in VIEWS.values():
        assert "person" not in view.contracts
