"""A contract as an Open Data Contract Standard 3 document (bitol.io, version 3.0.2).

Everything is derived from the contract object. What the standard has no word for (Chinese titles, units,
code tables, sealing, consent) stands in ``customProperties``, one property each.
"""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_contracts.checks import checks

if TYPE_CHECKING:
    from data_contracts.contract import Column, Contract

API_VERSION = "v3.0.2"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://xinqiao.example/contracts")
"""Makes a contract's id from its name, the same on every machine."""

LOGICAL: dict[type, str] = {
    str: "string", int: "integer", float: "number", bool: "boolean", date: "date",
}  # fmt: skip
PHYSICAL: dict[type, str] = {
    str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN", date: "DATE",
}  # fmt: skip
ROOMS: dict[str, tuple[str, str]] = {
    "government": ("政务", "Government bureaux"),
    "finance": ("金融与其他来源", "Lenders and other sources"),
    "platform": ("平台", "The platform"),
}


def room(contract: type[Contract]) -> str:
    """Name of the package that declares a contract: government, finance or platform.

    Examples
    --------
    >>> from data_contracts.finance import CONTRACTS
    >>> {room(contract) for contract in CONTRACTS}
    {'finance'}
    """
    parts = contract.__module__.split(".")
    return parts[1] if len(parts) > 2 else "other"


def odcs(contract: type[Contract]) -> dict[str, Any]:
    """Describe a contract as an ODCS 3 document.

    Returns
    -------
    dict
        Plain lists, dictionaries, texts, numbers and booleans, in the order in which it is written.
    """
    about = contract.about
    document: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": str(uuid.uuid5(NAMESPACE, about.name)),
        "name": about.name,
        "version": about.version,
        "status": "active",
        "domain": room(contract),
        "dataProduct": "xinqiao",
        "description": _description(contract),
        "tags": _tags(contract),
        "schema": [_table(contract)],
        "slaDefaultElement": f"{about.name}.{about.event}",
        "slaProperties": _service_levels(contract),
        "customProperties": custom(
            titleZh=about.title_zh,
            titleEn=about.title_en,
            supplierZh=about.supplier_zh,
            supplierEn=about.supplier_en,
            catalogueId=about.catalogue_id,
            subjectKinds=list(about.subject_kinds),
            mode=about.mode,
            purposes=list(about.purposes),
            usedIn=list(about.used_in),
            sensitivity=about.sensitivity,
            needsConsent=about.needs_consent,
        ),
    }
    return document


def write_odcs(contract: type[Contract], path: Path) -> None:
    """Write the ODCS document of a contract as YAML."""
    path.write_text(odcs_text(contract), encoding="utf-8")


def odcs_text(contract: type[Contract]) -> str:
    """Write the ODCS document of a contract as YAML text; the same contract gives the same bytes."""
    import yaml

    text: str = yaml.safe_dump(odcs(contract), sort_keys=False, allow_unicode=True, width=100)
    return text


def custom(**values: Any) -> list[dict[str, Any]]:
    """Custom properties of those values that say anything.

    Examples
    --------
    >>> custom(unit="people", seal=None, personal=False, codes={})
    [{'property': 'unit', 'value': 'people'}]
    """
    return [
        {"property": name, "value": value}
        for name, value in values.items()
        if value not in (None, "", False, [], {})
    ]


def _description(contract: type[Contract]) -> dict[str, Any]:
    about = contract.about
    limits = []
    if about.needs_consent:
        limits.append("A natural person's records need a consent or a public source (REG-01).")
    if about.negative:
        limits.append(
            f"Adverse: visible for {about.retention_years} years from {about.end} (REG-05)."
        )
    purpose = (contract.__doc__ or about.title_en).strip()
    found = {
        "purpose": " ".join(purpose.split()),
        "usage": "Used in: " + ", ".join(about.used_in) + ".",
    }
    if limits:
        found["limitations"] = " ".join(limits)
    return found


def _tags(contract: type[Contract]) -> list[str]:
    about = contract.about
    tags = [room(contract), about.sensitivity]
    tags += [about.catalogue_id] if about.catalogue_id else []
    tags += ["adverse"] if about.negative else []
    tags += ["personal"] if about.personal else []
    return tags


def _table(contract: type[Contract]) -> dict[str, Any]:
    about = contract.about
    table: dict[str, Any] = {
        "name": about.name,
        "physicalName": about.name,
        "logicalType": "object",
        "physicalType": "table",
        "businessName": about.title_en,
        "dataGranularityDescription": "One record for each " + " + ".join(about.key) + ".",
        "properties": [_property(contract, column) for column in contract.columns()],
    }
    quality = _quality(contract)
    if quality:
        table["quality"] = quality
    table["customProperties"] = custom(
        key=list(about.key),
        event=about.event,
        end=about.end,
        subject=about.subject,
        negative=about.negative,
    )
    return table


def _property(contract: type[Contract], column: Column) -> dict[str, Any]:
    about, declared = contract.about, column.item
    found: dict[str, Any] = {
        "name": column.name,
        "businessName": declared.title_en,
        "logicalType": LOGICAL[column.kind],
        "physicalType": PHYSICAL[column.kind],
        "required": not column.nullable,
        "classification": declared.sensitivity,
    }
    if declared.description:
        found["description"] = declared.description
    if column.name in about.key:
        found["primaryKey"] = True
        found["primaryKeyPosition"] = about.key.index(column.name) + 1
    if column.name in (*about.key, about.event, about.subject):
        found["criticalDataElement"] = True
    options = _options(column)
    if options:
        found["logicalTypeOptions"] = options
    found["customProperties"] = custom(
        titleZh=declared.title_zh,
        unit=declared.unit,
        form=declared.form[1] if declared.form else None,
        codes={code: " / ".join(titles) for code, titles in declared.codes.items()},
        identifier=declared.identifier,
        identifierSeverity=declared.severity if declared.identifier else None,
        seal=declared.seal,
        personal=declared.personal,
        writtenConsent=declared.written_consent,
        dutyRelated=declared.duty_related,
        copyOf=declared.copy_of,
    )
    return found


def _options(column: Column) -> dict[str, Any]:
    declared = column.item
    named: dict[str, Any] = {}
    if column.kind is str:
        named = {"maxLength": declared.max_length, "pattern": declared.pattern}
    elif column.kind is date:
        named = {
            "format": "yyyy-MM-dd",
            "minimum": declared.ge.isoformat() if isinstance(declared.ge, date) else None,
            "maximum": declared.le.isoformat() if isinstance(declared.le, date) else None,
        }
    elif column.kind in (int, float):
        named = {
            "minimum": declared.ge,
            "maximum": declared.le,
            "format": "i64" if column.kind is int else None,
        }
    return {name: value for name, value in named.items() if value is not None}


def _quality(contract: type[Contract]) -> list[dict[str, Any]]:
    """Rules beyond single items: those between items, and the published record rules."""
    names = {column.name for column in contract.columns()}
    prefix = contract.about.name + "."
    found = []
    for check in checks(contract):
        parts = check.rule_id.removeprefix(prefix).split(".")
        if check.rule_id.startswith(prefix) and len(parts) == 2 and parts[0] in names:
            continue  # said by the item's own options
        found.append(
            {
                "name": check.rule_id,
                "type": "text",
                "description": f"{check.text_en} / {check.text_zh}",
                "dimension": "consistency",
                "severity": "error" if check.severity == "ERROR" else "warning",
                "unit": "rows",
                "customProperties": custom(column=check.column),
            }
        )
    between = {prefix + rule.name: rule for rule in contract.rules}
    for entry in found:
        rule = between.get(str(entry["name"]))
        if rule is not None:
            entry["customProperties"] = custom(
                column=rule.left, holds=f"{rule.left} {rule.operator} {rule.right}"
            )
    return found


def _service_levels(contract: type[Contract]) -> list[dict[str, Any]]:
    about = contract.about
    element = f"{about.name}.{about.event}"
    found: list[dict[str, Any]] = [
        {
            "property": "latency",
            "value": about.latency_days,
            "unit": "d",
            "element": element,
            "driver": "operational",
        },
        {
            "property": "frequency",
            "value": f"{about.frequency_en} / {about.frequency_zh}",
            "element": element,
            "driver": "operational",
        },
    ]
    if about.retention_years is not None:
        found.append(
            {
                "property": "retention",
                "value": about.retention_years,
                "unit": "y",
                "element": f"{about.name}.{about.end or about.event}",
                "driver": "regulatory",
            }
        )
    return found
