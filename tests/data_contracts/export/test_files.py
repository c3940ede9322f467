"""Exported files: JSON Schemas that judge as the contract does, and the catalogue page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from data_contracts.contract import Contract
from data_contracts.documents import render_html
from data_contracts.errors import ContractsError
from data_contracts.export.catalogue_page import by_room, catalogue_document, catalogue_markdown
from data_contracts.export.files import Format, export_files, schema_text
from data_contracts.export.sources import mappings_of, portfolios_of
from data_contracts.export.wording import constraint, facts
from data_contracts.finance.disbursement import Disbursement
from data_contracts.finance.identity_check import IdentityCheck
from data_contracts.finance.loan_outcome import LoanOutcome
from data_contracts.platform.consent import Consent

SOME: tuple[type[Contract], ...] = (LoanOutcome, Disbursement, Consent)


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("odcs", {"loan_outcome.odcs.yaml", "disbursement.odcs.yaml", "consent.odcs.yaml"}),
        (
            "json-schema",
            {"loan_outcome.schema.json", "disbursement.schema.json", "consent.schema.json"},
        ),
        ("html", {"contracts.zh.html", "contracts.en.html", "contracts.zh.md", "contracts.en.md"}),
    ],
)
def test_each_format_writes_its_files(form: Format, names: set[str], tmp_path: Path) -> None:
    written = export_files(SOME, tmp_path / "new", form)
    assert {path.name for path in written} == names
    assert {path.name for path in (tmp_path / "new").iterdir()} == names


def test_all_formats_at_once_and_the_same_bytes_again(tmp_path: Path) -> None:
    first = {p.name: p.read_bytes() for p in export_files(SOME, tmp_path / "a")}
    again = {p.name: p.read_bytes() for p in export_files(SOME, tmp_path / "b")}
    assert len(first) == 10
    assert first == again


def test_an_unknown_format_and_a_folder_that_is_a_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractsError, match="no format 'xml'"):
        export_files(SOME, tmp_path, "xml")  # type: ignore[arg-type]
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ContractsError, match="cannot be written"):
        export_files(SOME, blocked, "odcs")


def test_the_json_schema_carries_titles_codes_and_bounds() -> None:
    schema = json.loads(schema_text(Disbursement))
    assert schema["x-title-zh"] == "贷款发放"
    assert schema["additionalProperties"] is False
    needed = {column.name for column in Disbursement.columns() if not column.nullable}
    assert set(schema["required"]) == needed
    amount = schema["properties"]["amount_cents"]
    assert (amount["minimum"], amount["x-unit"]) == (1, "CNY cents")
    assert schema["properties"]["payment"]["enum"] == ["entrusted", "own"]


def test_the_page_groups_by_room_and_escapes() -> None:
    assert list(by_room(SOME)) == ["finance", "platform"]
    html = render_html(catalogue_document(SOME), "en")
    for text in ("Lenders and other sources", "loan_outcome 1.1", "Consent", "Charged off"):
        assert text in html
    assert html.count("<h2") >= 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_markdown_tables_have_as_many_cells_as_columns(lang: str) -> None:
    text = catalogue_markdown(SOME, "zh" if lang == "zh" else "en")
    widths: list[int] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            widths = []
            continue
        widths.append(len(re.findall(r"(?<!\\)\|", line)) - 1)
        assert widths[0] == widths[-1]
    assert "account\\_no" in text
    assert ("核销" if lang == "zh" else "Charged off") in text


def test_constraints_in_words() -> None:
    assert constraint(LoanOutcome.column("outcome_on")).en == "1950-01-01 to 2100-01-01"
    assert constraint(Disbursement.column("payment")).zh == "entrusted 受托支付；own 自主支付"
    sealed = constraint(IdentityCheck.column("card"))
    assert sealed.en == "stored as a keyed hash alone; a valid bank_card (else for review)"


def test_facts_say_how_long_and_under_which_consent() -> None:
    told = {name.en: text.en for name, text in facts(LoanOutcome)}
    assert told["Kept"] == "5 years from outcome_on"
    assert told["Consent"] == "persons: a consent or a public source (REG-01)"
    assert told["Adverse"] == "yes"
    assert "Catalogue id" not in told
    assert {name.zh: text.zh for name, text in facts(Consent)}["保存期限"] == "服务期内长期保存"


def test_what_fills_a_contract(tmp_path: Path) -> None:
    (tmp_path / "beijing").mkdir()
    (tmp_path / "beijing" / "b.yaml").write_text("# 示例\ncontract: penalty\nrows: {}\n")
    (tmp_path / "a.yaml").write_text('contract: "penalty"\n')
    (tmp_path / "c.yaml").write_text("contract: penalty_other\n")
    (tmp_path / "d.yaml").write_text("note: |\n  contract: penalty\n")
    assert mappings_of("penalty", tmp_path) == ("a.yaml", "beijing/b.yaml")
    assert mappings_of("penalty", tmp_path / "absent") == ()
    assert portfolios_of("loan_outcome") == ("sba", "cards")
    assert portfolios_of("disbursement") == ()
