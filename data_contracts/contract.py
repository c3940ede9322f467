"""A contract is one pydantic class; everything else about a record type is derived from it.

Declare fields with :func:`item` and the record type with :class:`About`. Derived: the Arrow schema, the
vectorised checks, single-record validation (pydantic's own), JSON Schema and the catalogue.
"""

from __future__ import annotations

import re
import types
import typing
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, field_validator, model_validator
from pydantic_core import PydanticCustomError

from data_contracts.errors import ContractsError
from data_contracts.identifiers import check as check_identifier
from data_contracts.item import Item, Sensitivity, Severity, item
from data_contracts.prohibited import prohibited_class
from data_contracts.subject_id import SUBJECT_ID, is_sealed
from data_contracts.vocabulary import PERSONS, PURPOSES, Mode, Purpose, SubjectKind, Use

__all__ = [
    "PERSONS",
    "PURPOSES",
    "SYSTEM_COLUMNS",
    "About",
    "Column",
    "Compare",
    "Contract",
    "Item",
    "Sensitivity",
    "SubjectKind",
    "item",
]

ARROW_TYPES: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
}

SYSTEM_COLUMNS = pa.schema(
    [
        pa.field("_event", pa.date32(), nullable=False),
        pa.field("_known", pa.date32(), nullable=False),
        pa.field("_version", pa.int32(), nullable=False),
        pa.field("_batch", pa.string(), nullable=False),
        pa.field("_line", pa.int64(), nullable=False),
        pa.field("_withdrawn", pa.bool_(), nullable=False),
    ]
)
"""Columns that the lake adds: when it happened, when we knew, version, batch digest, source line, and
whether this version withdraws the record (a deletion, a changed account key, a re-sent batch without it)."""


@dataclass(frozen=True)
class Compare:
    """A rule between two items of one record; it holds where either is null.

    Examples
    --------
    >>> Compare("guarantee", "guaranteed_cents", "<=", "amount_cents", "担保额不超过金额",
    ...         "The guaranteed part is at most the amount").holds(5, 7)
    True
    """

    name: str
    left: str
    operator: Literal["<=", "<", "="]
    right: str
    text_zh: str
    text_en: str
    severity: Severity = "ERROR"

    def holds(self, left: Any, right: Any) -> bool:
        """Whether two values satisfy the rule."""
        if left is None or right is None:
            return True
        return bool({"<=": left <= right, "<": left < right, "=": left == right}[self.operator])


@dataclass(frozen=True)
class About:
    """What a contract says of the record type as a whole.

    Parameters
    ----------
    name
        Name of the lake table.
    version
        ``major.minor``: a new major version for every change that could break a supplier or a reader
        (an item dropped, renamed, of another type, made required, or with narrower values), a new
        minor one for what both may ignore (a new item that may be null, a wider code table).
    title_zh, title_en, supplier_zh, supplier_en
        Titles of the record type and of who supplies it.
    subject_kinds
        Whom the records are about.
    key
        Columns that identify a record; a later record with the same key is a new version.
    event
        Date column: when it happened.
    end
        Date column: when an adverse fact ended. Required if ``negative``: its five years are counted
        from there (REG-05).
    negative
        Whether a record may speak against its subject.
    retention_years
        Years a record is kept after ``end`` (or ``event``); None: as long as the subject is served.
    frequency_zh, frequency_en
        How often the supplier delivers.
    sensitivity
        Of the record type; an item may be stricter.
    subject
        Column that names the subject.
    catalogue_id
        Items of the information catalogue that it covers, such as ``"C03-1"``; ours, see the README.
    latency_days
        Most days from the event to its arrival here.
    mode
        How it comes.
    purposes
        What it may be queried for.
    used_in
        What needs it: a record that nothing needs is not collected (REG-32).
    """

    name: str
    version: str
    title_zh: str
    title_en: str
    supplier_zh: str
    supplier_en: str
    subject_kinds: tuple[SubjectKind, ...]
    key: tuple[str, ...]
    event: str
    negative: bool
    retention_years: int | None
    frequency_zh: str
    frequency_en: str
    sensitivity: Sensitivity
    end: str | None = None
    subject: str = "subject_id"
    description: str = ""
    catalogue_id: str = ""
    latency_days: int = 31
    mode: Mode = "batch"
    purposes: tuple[Purpose, ...] = PURPOSES
    used_in: tuple[Use, ...] = ("score", "report")

    @property
    def personal(self) -> bool:
        """Whether the rules for personal information hold for (some of) its subjects."""
        return any(kind in PERSONS for kind in self.subject_kinds)

    @property
    def needs_consent(self) -> bool:
        """Whether a person's record needs a consent or a public source (REG-01)."""
        return self.personal and self.sensitivity != "public"


@dataclass(frozen=True)
class Column:
    """A column of a contract as the engines need it."""

    name: str
    kind: type
    nullable: bool
    item: Item


class Contract(BaseModel):
    """Base of all record types; a subclass without a valid ``about`` cannot be made."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    about: ClassVar[About]
    rules: ClassVar[tuple[Compare, ...]] = ()

    @field_validator("*", mode="after")
    @classmethod
    def _in_code_table(cls, value: Any, info: Any) -> Any:
        declared = cls.model_fields[info.field_name].json_schema_extra
        codes = declared.codes if isinstance(declared, Item) else {}
        if codes and value is not None and value not in codes:
            raise PydanticCustomError(
                "codes", "must be one of {codes}", {"codes": ", ".join(codes)}
            )
        return value

    @field_validator("*", mode="after")
    @classmethod
    def _is_sealed(cls, value: Any, info: Any) -> Any:
        declared = cls.model_fields[info.field_name].json_schema_extra
        named = isinstance(declared, Item) and declared.pattern == SUBJECT_ID
        if named and value is not None and not is_sealed(value):
            raise PydanticCustomError("sealed", "holds a resident identity number in clear")
        return value

    @field_validator("*", mode="after")
    @classmethod
    def _identifies(cls, value: Any, info: Any) -> Any:
        declared = cls.model_fields[info.field_name].json_schema_extra
        if (
            value is not None
            and isinstance(declared, Item)
            and declared.identifier
            and declared.severity == "ERROR"
            and not declared.seal
        ):
            status = check_identifier(declared.identifier, value).status
            if status != "ok":
                raise PydanticCustomError(
                    "identifier", "is no valid {kind}: {status}",
                    {"kind": declared.identifier, "status": status},
                )  # fmt: skip
        return value

    @model_validator(mode="after")
    def _rules_hold(self) -> Contract:
        for rule in self.rules:
            if rule.severity == "ERROR" and not rule.holds(
                getattr(self, rule.left), getattr(self, rule.right)
            ):
                raise PydanticCustomError("rule", "{text}", {"text": rule.text_en})
        return self

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a declaration that is incomplete, contradictory or unlawful."""
        super().__pydantic_init_subclass__(**kwargs)
        _refuse_prohibited(cls)
        _refuse_incomplete(cls)
        # An item that may be null and is not given is null, so that a minor version breaks no caller.
        absent = [
            c.name for c in cls.columns() if c.nullable and cls.model_fields[c.name].is_required()
        ]
        for name in absent:
            cls.model_fields[name].default = None
        if absent:
            cls.model_rebuild(force=True)

    @classmethod
    def columns(cls) -> tuple[Column, ...]:
        """Columns in the order of declaration."""
        return tuple(_column(cls, name) for name in cls.model_fields)

    @classmethod
    def column(cls, name: str) -> Column:
        """One column by name."""
        if name not in cls.model_fields:
            raise ContractsError(
                f"{cls.about.name} has no column {name!r}.", expected=", ".join(cls.model_fields)
            )
        return _column(cls, name)

    @classmethod
    def arrow_schema(cls, *, system: bool = False) -> pa.Schema:
        """Arrow schema of the records; with ``system`` also the columns that the lake adds."""
        fields = [
            pa.field(
                column.name,
                ARROW_TYPES[column.kind],
                nullable=column.nullable,
                metadata={"title_zh": column.item.title_zh, "title_en": column.item.title_en},
            )
            for column in cls.columns()
        ]
        return pa.schema(fields + (list(SYSTEM_COLUMNS) if system else []))

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """JSON Schema (2020-12) of one record, with titles in both languages, units and codes."""
        schema = cls.model_json_schema()
        about = cls.about
        schema.update(
            {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": about.title_en,
                "x-title-zh": about.title_zh,
                "x-version": about.version,
                "x-catalogue-id": about.catalogue_id,
                "x-key": list(about.key),
                "x-event": about.event,
                "x-rules": [{"id": f"{about.name}.{r.name}", "text": r.text_en} for r in cls.rules],
            }
        )
        return schema

    @classmethod
    def catalogue_line(cls) -> str:
        """The contract in one line."""
        about = cls.about
        return (
            f"{about.name} v{about.version} · {about.title_zh} {about.title_en} · "
            f"{about.supplier_zh} {about.supplier_en} · key {'+'.join(about.key)} · "
            f"event {about.event} · {len(cls.model_fields)} items · {about.sensitivity}"
        )


def _column(cls: type[Contract], name: str) -> Column:
    info = cls.model_fields[name]
    annotation: Any = info.annotation
    arguments = typing.get_args(annotation)
    nullable = False
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        nullable = type(None) in arguments
        rest = [argument for argument in arguments if argument is not type(None)]
        annotation = rest[0] if len(rest) == 1 else annotation
    if annotation not in ARROW_TYPES or not isinstance(info.json_schema_extra, Item):
        raise ContractsError(
            f"the item {name!r} of {cls.__name__} is not declared as the house does it.",
            expected="one of str, int, float, bool, date (or `| None`) with item(...)",
        )
    return Column(name, annotation, nullable, info.json_schema_extra)


def _refuse_prohibited(cls: type[Contract]) -> None:
    for name, info in cls.model_fields.items():
        texts = [name, info.title or "", info.description or "", info.alias or ""]
        if isinstance(info.json_schema_extra, Item):
            declared = info.json_schema_extra
            texts += [declared.title_zh, *(t for pair in declared.codes.values() for t in pair)]
        found = prohibited_class(*texts)
        if found:
            raise ContractsError(
                f"the item {name!r} of {cls.__name__} may not be collected: {found} (REG-02).",
                hint="remove the item; no name makes it lawful",
            )


def _refuse_incomplete(cls: type[Contract]) -> None:
    about = cls.__dict__.get("about")
    if not isinstance(about, About):
        raise ContractsError(
            f"{cls.__name__} does not say what it is.", expected="about = About(...)"
        )
    if not re.fullmatch(r"[1-9][0-9]*[.][0-9]+", about.version):
        raise ContractsError(
            f"{about.name}: {about.version!r} is no version.", expected="major.minor, such as 1.0"
        )
    if not about.used_in:
        raise ContractsError(
            f"{about.name}: a record that nothing needs is not collected (REG-32)."
        )
    columns = {column.name: column for column in cls.columns()}

    def need(name: str, kind: type | None, what: str, nullable: bool = False) -> None:
        column = columns.get(name)
        if (
            column is None
            or (kind and column.kind is not kind)
            or (column.nullable and not nullable)
        ):
            raise ContractsError(
                f"{about.name}: {what} {name!r} must be a declared item"
                + (f" of type {kind.__name__}" if kind else "")
                + ("." if nullable else " that is never null.")
            )

    for key in about.key:
        need(key, None, "the key")
    if not about.key:
        raise ContractsError(f"{about.name}: a record needs a key.")
    need(about.subject, str, "the subject")
    need(about.event, date, "the event date")
    if about.end is not None:
        need(about.end, date, "the end date", nullable=True)
    if about.negative and (about.end is None or about.retention_years is None):
        raise ContractsError(
            f"{about.name}: an adverse record needs an end date and a retention (REG-05)."
        )
    for rule in cls.rules:
        need(rule.left, None, f"rule {rule.name}:", nullable=True)
        need(rule.right, None, f"rule {rule.name}:", nullable=True)
    for column in columns.values():
        declared = column.item
        bounded = (
            declared.ge is not None and declared.le is not None
            if column.kind in (int, float)
            else bool(declared.pattern or declared.codes or declared.max_length)
        )
        if column.kind in (int, float, str) and not bounded:
            raise ContractsError(
                f"{about.name}.{column.name} has no bounds.",
                expected="ge and le for a number; pattern, codes or max_length for a text",
            )
