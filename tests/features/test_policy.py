"""Prohibited inputs are found in any notation, and ordinary words are left alone."""

from __future__ import annotations

import pytest

from features.catalogue import VIEWS
from features.policy import refused_input


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
        "general_ledger", "账龄", "账单", "资格证书", "法人",
    ],
)  # fmt: skip
def test_ordinary_words(text: str) -> None:
    assert refused_input(text) is None


def test_no_declared_feature_reads_a_person() -> None:
    for view in VIEWS.values():
        assert "person" not in view.contracts
