"""A contract is complete and lawful, or it is not made."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pyarrow as pa
import pytest
from pydantic import ValidationError

from data_contracts.contract import About, Compare, Contract, item
from data_contracts.errors import ContractsError
from data_contracts.finance.credit_account import CardRepayment
from data_contracts.finance.loan_application import LoanApplication


def about(**changes: Any) -> About:
    base: dict[str, Any] = {
        "name": "tax_arrears",
        "version": "1.0",
        "title_zh": "欠税",
        "title_en": "Tax arrears",
        "supplier_zh": "税务",
        "supplier_en": "Tax bureau",
        "subject_kinds": ("enterprise",),
        "key": ("notice_no",),
        "event": "noticed_on",
        "negative": False,
        "retention_years": None,
        "frequency_zh": "每月",
        "frequency_en": "monthly",
        "sensitivity": "public",
    }
    return About(**{**base, **changes})


def declare(
    about_: About | None, items: dict[str, tuple[Any, Any]] | None = None
) -> type[Contract]:
    """Make a contract class at run time."""
    declared = {
        "notice_no": (str, item("通知书号", "Notice", max_length=30)),
        "subject_id": (str, item("主体", "Subject", max_length=40)),
        "noticed_on": (date, item("日期", "Day")),
        **(items or {}),
    }
    namespace: dict[str, Any] = {
        "__module__": __name__,
        "__annotations__": {name: kind for name, (kind, _) in declared.items()},
        **{name: made for name, (_, made) in declared.items()},
    }
    if about_ is not None:
        namespace["about"] = about_
        namespace["__annotations__"]["about"] = ClassVar[About]
    return type("TaxArrears", (Contract,), namespace)


def test_a_complete_declaration_is_made() -> None:
    made = declare(about(), {"amount": (int | None, item("金额", "Amount", ge=0, le=9))})
    assert made.arrow_schema() == pa.schema(
        [
            pa.field("notice_no", pa.string(), nullable=False),
            pa.field("subject_id", pa.string(), nullable=False),
            pa.field("noticed_on", pa.date32(), nullable=False),
            pa.field("amount", pa.int64()),
        ]
    )
    assert "tax_arrears v1" in made.catalogue_line()


@pytest.mark.parametrize(
    ("name", "title_zh", "title_en"),
    [
        ("blood_type", "类型", "Type"),
        ("bloodType", "类型", "Type"),
        ("attribute_7", "血型", "Attribute"),
        ("attribute_7", "属性", "Religious belief"),
        ("attribute_7", "既往 病史", "Attribute"),
        ("dna_sample_no", "编号", "Number"),
        ("zhiwen", "编号", "Number"),
        ("fingerprint_hash", "摘要", "Digest"),
        ("attribute_7", "宗教", "Attribute"),
        ("disease_code", "代码", "Code"),
    ],
)
def test_what_may_not_be_collected_cannot_be_declared(
    name: str, title_zh: str, title_en: str
) -> None:
    with pytest.raises(ContractsError, match="REG-02"):
        declare(about(), {name: (str, item(title_zh, title_en, max_length=9))})


def test_a_prohibited_code_table_cannot_be_declared() -> None:
    codes = {"1": ("佛教信仰", "One"), "2": ("无", "None")}
    with pytest.raises(ContractsError, match="religion"):
        declare(about(), {"attribute": (str, item("属性", "Attribute", codes=codes))})


@pytest.mark.parametrize(
    ("changes", "items", "match"),
    [
        ({"key": ()}, {}, "needs a key"),
        ({"key": ("missing",)}, {}, "'missing'"),
        ({"event": "subject_id"}, {}, "event date"),
        ({"subject": "who"}, {}, "subject"),
        ({"negative": True}, {}, "REG-05"),
        ({"negative": True, "end": "noticed_on"}, {}, "REG-05"),
        ({"end": "notice_no"}, {}, "end date"),
        ({}, {"amount": (int, item("金额", "Amount", ge=0))}, "no bounds"),
        ({}, {"remark": (str, item("备注", "Remark"))}, "no bounds"),
        ({}, {"blob": (bytes, item("数据", "Data", max_length=9))}, "as the house does"),
    ],
)
def test_an_incomplete_declaration_is_refused(
    changes: dict[str, Any], items: dict[str, Any], match: str
) -> None:
    with pytest.raises(ContractsError, match=match):
        declare(about(**changes), items)


def test_a_contract_must_say_what_it_is() -> None:
    with pytest.raises(ContractsError, match="does not say what it is"):
        declare(None)


def test_a_rule_between_unknown_items_is_refused() -> None:
    with pytest.raises(ContractsError, match="rule order"):

        class Broken(Contract):
            about = about()
            rules = (Compare("order", "noticed_on", "<=", "paid_on", "先后", "Order"),)
            notice_no: str = item("通知书号", "Notice", max_length=30)
            subject_id: str = item("主体", "Subject", max_length=40)
            noticed_on: date = item("日期", "Day")


@pytest.mark.parametrize("pattern", [r"^\d+$", r"^\w$", "[0-9]+", "^(?=x)$"])
def test_a_pattern_that_engines_read_differently_is_refused(pattern: str) -> None:
    with pytest.raises(ContractsError):
        item("编号", "Number", pattern=pattern)


def test_an_item_needs_both_titles() -> None:
    with pytest.raises(ContractsError, match="title"):
        item(" ", "Number")


REPAYMENT = {
    "account_no": "CARD-1",
    "subject_id": "CARD-1",
    "bill_on": date(2005, 9, 30),
    "status_24": "#" * 18 + "*N1234",
    "billed_cents": -100,
    "paid_cents": 0,
}


def test_a_single_record_is_validated_strictly() -> None:
    assert CardRepayment(**REPAYMENT).status_24[-1] == "4"
    for change in (
        {"status_24": "#" * 24},  # the month itself is never unknown
        {"status_24": "N" * 23},
        {"status_24": "8" * 24},
        {"paid_cents": -1},
        {"paid_cents": "1"},
        {"paid_cents": 1.0},
        {"bill_on": "2005-09-30"},
        {"extra": 1},
    ):
        with pytest.raises(ValidationError):
            CardRepayment(**{**REPAYMENT, **change})
    with pytest.raises(ValidationError):
        CardRepayment(**{k: v for k, v in REPAYMENT.items() if k != "paid_cents"})


def test_a_record_from_json_may_write_dates_as_text() -> None:
    record = CardRepayment.model_validate_json(
        '{"account_no": "CARD-1", "subject_id": "CARD-1", "bill_on": "2005-09-30", '
        '"status_24": "NNNNNNNNNNNNNNNNNNNNNNNN", "billed_cents": 5, "paid_cents": 0}'
    )
    assert record.bill_on == date(2005, 9, 30)


def test_a_record_is_frozen() -> None:
    with pytest.raises(ValidationError):
        CardRepayment(**REPAYMENT).paid_cents = 5


def test_the_guaranteed_part_is_at_most_the_amount() -> None:
    good: dict[str, Any] = {
        "application_no": "1",
        "subject_id": "SBA-1",
        "institution": None,
        "institution_region": None,
        "programme": "standard",
        "amount_cents": 100,
        "guaranteed_cents": 100,
        "jobs_created": 0,
        "jobs_retained": 0,
        "applied_on": date(2000, 1, 1),
    }
    LoanApplication(**good)
    with pytest.raises(ValidationError, match="guaranteed"):
        LoanApplication(**{**good, "guaranteed_cents": 101})
    with pytest.raises(ValidationError, match="must be one of"):
        LoanApplication(**{**good, "programme": "other"})


def test_json_schema_carries_titles_units_and_codes() -> None:
    schema = LoanApplication.json_schema()
    assert schema["x-key"] == ["application_no"]
    assert schema["properties"]["amount_cents"]["x-unit"] == "USD cents"
    assert schema["properties"]["amount_cents"]["minimum"] == 1
    assert schema["properties"]["programme"]["enum"] == [
        "standard", "lowdoc", "revolving", "unknown",
    ]  # fmt: skip
    assert schema["additionalProperties"] is False
    assert schema["x-rules"][0]["id"] == "loan_application.guarantee"


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(ContractsError, match="no column 'colour'"):
        LoanApplication.column("colour")
