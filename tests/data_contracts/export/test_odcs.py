"""The ODCS 3 documents: their structure, and that they say what the contract says.

The structure is written out here from the standard's own schema (version 3.0.2, strict).
"""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from data_contracts.catalogue import CONTRACTS
from data_contracts.contract import Contract
from data_contracts.export.odcs import odcs, odcs_text
from data_contracts.finance import CONTRACTS as FINANCE
from data_contracts.finance.identity_check import IdentityCheck
from data_contracts.finance.loan_outcome import LoanOutcome
from data_contracts.finance.platform_trade import PlatformTrade
from data_contracts.platform import CONTRACTS as PLATFORM

ALL = tuple(dict.fromkeys((*CONTRACTS, *FINANCE, *PLATFORM)))

WHOLE = {
    "apiVersion", "kind", "id", "name", "version", "status", "domain", "dataProduct", "description",
    "tags", "schema", "slaDefaultElement", "slaProperties", "customProperties",
}  # fmt: skip
DESCRIPTION = {"purpose", "usage", "limitations"}
OBJECT = {
    "name", "physicalName", "logicalType", "physicalType", "businessName",
    "dataGranularityDescription", "properties", "quality", "customProperties",
}  # fmt: skip
PROPERTY = {
    "name", "businessName", "description", "logicalType", "physicalType", "required", "primaryKey",
    "primaryKeyPosition", "classification", "criticalDataElement", "logicalTypeOptions",
    "customProperties",
}  # fmt: skip
OPTIONS = {
    "string": {"maxLength", "pattern"},
    "integer": {"minimum", "maximum", "format"},
    "number": {"minimum", "maximum"},
    "date": {"minimum", "maximum", "format"},
    "boolean": set(),
}
QUALITY = {"name", "type", "description", "dimension", "severity", "unit", "customProperties"}
LEVEL = {"property", "value", "unit", "element", "driver"}


def custom(part: dict[str, Any]) -> dict[str, Any]:
    """Custom properties as a dictionary."""
    for entry in part["customProperties"]:
        assert set(entry) == {"property", "value"}
        assert entry["property"][0].islower()
        assert entry["property"].isalnum()
    return {entry["property"]: entry["value"] for entry in part["customProperties"]}


@pytest.mark.parametrize("contract", ALL, ids=lambda found: found.about.name)
def test_the_document_has_the_structure_of_the_standard(contract: type[Contract]) -> None:
    document = yaml.safe_load(odcs_text(contract))
    assert document == odcs(contract)
    assert set(document) == WHOLE
    assert (document["apiVersion"], document["kind"]) == ("v3.0.2", "DataContract")
    assert isinstance(document["version"], str)
    assert {"purpose", "usage"} <= set(document["description"]) <= DESCRIPTION
    assert all(isinstance(tag, str) for tag in document["tags"])
    custom(document)
    for level in document["slaProperties"]:
        assert {"property", "value"} <= set(level) <= LEVEL
    (table,) = document["schema"]
    assert set(table) - {"quality"} == OBJECT - {"quality"}
    custom(table)
    for rule in table.get("quality", []):
        assert set(rule) == QUALITY
        assert (rule["type"], rule["dimension"]) == ("text", "consistency")
        assert rule["severity"] in ("error", "warning")
    for entry in table["properties"]:
        assert set(entry) <= PROPERTY
        assert {"name", "logicalType", "required", "classification"} <= set(entry)
        assert set(entry.get("logicalTypeOptions", {})) <= OPTIONS[entry["logicalType"]]
        assert entry.get("primaryKey", False) == ("primaryKeyPosition" in entry)
        custom(entry)


@pytest.mark.parametrize("contract", ALL, ids=lambda found: found.about.name)
def test_nothing_that_the_contract_says_is_lost(contract: type[Contract]) -> None:
    (table,) = odcs(contract)["schema"]
    entries = {entry["name"]: entry for entry in table["properties"]}
    assert list(entries) == [column.name for column in contract.columns()]
    keys = [entry for entry in entries.values() if entry.get("primaryKey")]
    keys.sort(key=lambda entry: entry["primaryKeyPosition"])
    assert tuple(entry["name"] for entry in keys) == contract.about.key
    for column in contract.columns():
        entry, said = entries[column.name], custom(entries[column.name])
        assert entry["required"] is not column.nullable
        assert said["titleZh"] == column.item.title_zh
        assert said.get("unit", "") == column.item.unit
        assert list(said.get("codes", {})) == list(column.item.codes)
        assert said.get("seal") == column.item.seal
    assert {custom(table)[name] for name in ("event", "subject")} == {
        contract.about.event,
        contract.about.subject,
    }


def test_one_contract_written_by_hand() -> None:
    document = odcs(LoanOutcome)
    assert document["name"] == "loan_outcome"
    assert document["id"] == odcs(LoanOutcome)["id"] != odcs(PlatformTrade)["id"]
    assert document["domain"] == "finance"
    assert document["tags"] == ["finance", "consent", "adverse", "personal"]
    status = next(e for e in document["schema"][0]["properties"] if e["name"] == "status")
    assert status == {
        "name": "status",
        "businessName": "Outcome",
        "logicalType": "string",
        "physicalType": "VARCHAR",
        "required": True,
        "classification": "consent",
        "customProperties": [
            {"property": "titleZh", "value": "结果"},
            {
                "property": "codes",
                "value": {
                    "CHARGED_OFF": "核销 / Charged off",
                    "PAID_IN_FULL": "结清 / Paid in full",
                    "DEFAULTED": "违约 / Defaulted",
                    "PERFORMING": "正常 / Performing",
                },
            },
        ],
    }
    assert document["slaProperties"][-1] == {
        "property": "retention",
        "value": 5,
        "unit": "y",
        "element": "loan_outcome.outcome_on",
        "driver": "regulatory",
    }


def test_rules_between_items_and_sealing_are_said() -> None:
    rules = {r["name"]: r for r in odcs(PlatformTrade)["schema"][0]["quality"]}
    refund = rules["platform_trade.refund"]
    assert refund["severity"] == "warning"
    assert custom(refund)["holds"] == "refunded_cents <= gross_cents"
    entries = {e["name"]: custom(e) for e in odcs(IdentityCheck)["schema"][0]["properties"]}
    assert entries["identity"] | {"titleZh": ""} == {
        "titleZh": "",
        "identifier": "resident_id",
        "identifierSeverity": "REVIEW",
        "seal": "hmac",
        "personal": True,
    }
