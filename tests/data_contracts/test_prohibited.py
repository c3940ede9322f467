"""REG-02 by name, synonym and notation; harmless words pass."""

from __future__ import annotations

import pytest

from data_contracts.catalogue import CONTRACTS
from data_contracts.prohibited import PROHIBITED, prohibited_class


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("religion", "religion 宗教信仰"),
        ("Religions", "religion 宗教信仰"),
        ("geneticMarker", "genes 基因"),
        ("DNA", "genes 基因"),
        ("finger_print_no", "fingerprints 指纹"),
        ("ＢＬＯＯＤ＿ＴＹＰＥ", "blood type 血型"),
        ("血 型", "blood type 血型"),
        ("血\u200b型", "blood type 血型"),
        ("medicalHistory", "disease and medical history 疾病和病史"),
        ("diagnoses", "disease and medical history 疾病和病史"),
        ("慢性病种类", "disease and medical history 疾病和病史"),
        ("病歷", "disease and medical history 疾病和病史"),
    ],
)
def test_synonyms_are_found(text: str, title: str) -> None:
    assert prohibited_class(text) == title


@pytest.mark.parametrize(
    "text",
    ["general_ledger", "generation", "gender", "type", "group", "print", "history", "interbank",
     "医保缴费人数", "工商登记", "信用", "status_24", "blood", "typed blood"],
)  # fmt: skip
def test_harmless_words_pass(text: str) -> None:
    assert prohibited_class(text) is None


def test_every_entry_of_the_list_finds_itself() -> None:
    for title, entries in PROHIBITED.items():
        for entry in entries:
            assert prohibited_class(f"x {entry} y") == title


def test_no_contract_of_the_house_holds_any() -> None:
    for contract in CONTRACTS:
        for column in contract.columns():
            texts = (column.name, column.item.title_zh, column.item.title_en)
            assert prohibited_class(*texts) is None
