"""The mapping language: what a mapping file may say, checked when it is read.

A mapping says of each item of one contract where in the supplier's file it comes from and in which forms
it stands there. README.md in data_contracts/mappings explains it with examples.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from data_contracts.errors import ContractsError
from data_contracts.intake.mapping.forms import DATE_FORMS, UNITS
from data_contracts.intake.mapping.yaml import read_yaml

NULL_WORDS = (
    "-", "--", "—", "——", "/", "\\", "无", "空", "暂无", "null", "NULL", "None", "nan", "NaN", "N/A",
    "#N/A",
)  # fmt: skip
"""What suppliers write for "nothing", where the mapping does not list its own words."""

SEALABLE = ("resident_id", "mobile", "bank_card")


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


def _text(value: Any) -> Any:
    """Numbers and true or false as they are written: a code 5 is the text 5."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _texts(value: Any) -> Any:
    return tuple(_text(part) for part in _listed(value))


def _codes(value: Any) -> Any:
    return {k: _text(v) for k, v in value.items()} if isinstance(value, dict) else value


Column = Annotated[str, Field(min_length=1, max_length=200)]
Columns = Annotated[tuple[Column, ...], BeforeValidator(_listed), Field(min_length=1)]
Words = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Supplier(_Model):
    """Who sends the file."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,60}$")]
    name_zh: str
    name_en: str


class Subject(_Model):
    """Columns that say who the record is about, best identifier first; each may be several columns."""

    uscc: Columns | None = None
    organisation_code: Columns | None = None
    registration_no: Columns | None = None
    taxpayer_no: Columns | None = None
    name: Columns | None = None

    @model_validator(mode="after")
    def _something(self) -> Subject:
        if not self.columns:
            raise ValueError("names no column; expected uscc, organisation_code, ... or name")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, best first."""
        parts = (
            self.uscc,
            self.organisation_code,
            self.registration_no,
            self.taxpayer_no,
            self.name,
        )
        return tuple(column for part in parts for column in part or ())


class Person(_Model):
    """A natural person, told by a number that is never stored in clear."""

    resident_id: Column


ORIGINS = (
    "column", "const", "first_of", "join", "split", "subject", "person", "hmac", "mask", "day",
    "row_key",
)  # fmt: skip
_ONLY_WITH = {"with": "join", "by": "split", "part": "split", "kind": "mask"}
INHERITED = (
    "pattern", "codes", "otherwise", "dates", "open_ended", "month", "unit", "negate", "scale",
    "yes", "no", "null_words", "half_width", "upper",
)  # fmt: skip


class Source(_Model):
    """Where one item comes from (exactly one origin) and in which form it stands there."""

    column: Column | None = None
    const: str | int | float | bool | None = None
    first_of: Annotated[tuple[SourceForm, ...], Field(min_length=1)] | None = None
    join: Annotated[tuple[SourceForm, ...], Field(min_length=2)] | None = None
    with_: str = Field("", alias="with")
    split: Column | None = None
    by: str = ""
    part: int = 1
    subject: Subject | None = None
    person: Person | None = None
    hmac: Column | None = None
    mask: Column | None = None
    kind: Literal["resident_id", "mobile", "bank_card", "name"] | None = None
    day: Literal["received", "period_start", "period_end"] | None = None
    row_key: Columns | None = None

    pattern: str | None = None
    codes: Annotated[dict[str, str], BeforeValidator(_codes)] | None = None
    otherwise: Annotated[str, BeforeValidator(_text)] = "quarantine"
    dates: Words | None = None
    open_ended: Words = ()
    month: Literal["first", "last"] = "last"
    unit: str | None = None
    negate: bool = False
    scale: float | None = None
    yes: Words | None = None
    no: Words | None = None
    null_words: Words | None = None
    half_width: bool | None = None
    upper: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Source:
        given = [name for name in ORIGINS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"has {len(given)} origins; expected exactly one of {', '.join(ORIGINS)}"
            )
        for name, origin in _ONLY_WITH.items():
            if ("with_" if name == "with" else name) in self.model_fields_set and given != [origin]:
                raise ValueError(f"says {name}, which belongs to {origin}")
        if self.split is not None and (not self.by or self.part == 0):
            raise ValueError("splits by nothing; expected by: a text, and part: 1, 2, ... or -1")
        if self.pattern is not None:
            _refuse_pattern(self.pattern)
        for form in self.dates or ():
            if form not in DATE_FORMS:
                raise ValueError(f"names no form of a date; expected of {', '.join(DATE_FORMS)}")
        if self.unit is not None and self.unit not in UNITS:
            raise ValueError(f"names no unit; expected one of {', '.join(UNITS)}")
        return self

    def inherited(self, parent: Source) -> Source:
        """The same source with the forms of the one around it, where it says none itself."""
        more = {
            name: getattr(parent, name)
            for name in INHERITED
            if name in parent.model_fields_set and name not in self.model_fields_set
        }
        return self.model_copy(update=more) if more else self


def _source(value: Any) -> Any:
    """A bare name is a column; a list is the first of several."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        return {"column": value}
    return {"first_of": value} if isinstance(value, list) else value


SourceForm = Annotated[Source, BeforeValidator(_source)]
Source.model_rebuild()


def _refuse_pattern(pattern: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError("holds no regular expression") from error
    if groups != 1 or len(pattern) > 500:
        raise ValueError(f"has a pattern with {groups} groups; expected one group, what to keep")
    if re.search(r"\(\?[=!<P]|\\[1-9]", pattern):
        raise ValueError("has a pattern with look-around or back references; RE2 knows none")


class RowFilter(_Model):
    """Rows that the table carries but that are no records, such as subtotals."""

    column: Column | None = None
    equals: Words | None = None
    matches: str | None = None
    blank: bool = False
    header: bool = False

    @model_validator(mode="after")
    def _one(self) -> RowFilter:
        tests = sum((self.equals is not None, self.matches is not None, self.blank, self.header))
        if tests != 1 or (self.column is None) != self.header:
            raise ValueError(
                "tests nothing or too much; expected column: with equals:, matches: or blank: true, "
                "or header: true alone"
            )
        if self.matches is not None:
            try:
                re.compile(self.matches)
            except re.error as error:
                raise ValueError("holds no regular expression") from error
        return self


class Action(_Model):
    """A column that says of each row whether it brings or deletes a record."""

    column: Column
    delete: Words


class Rekey(_Model):
    """Parts of the key that change: where the old and the new ones stand."""

    old: dict[str, SourceForm]
    new: dict[str, SourceForm]


class Mapping(_Model):
    """One supplier's table as records of one contract."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
    contract: str
    title_zh: str = ""
    title_en: str = ""
    supplier: Supplier | None = None
    public_source: str | None = None
    consent: str | None = None
    period: Annotated[str, BeforeValidator(_text)] | None = None
    serial: Annotated[str, BeforeValidator(_text)] | None = None
    encoding: Literal["auto", "utf-8", "gb18030", "big5"] = "auto"
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1, le=1000)] | None = None
    skip_footer: Annotated[int, Field(ge=0, le=1000)] = 0
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    columns: dict[str, Columns] = Field(default_factory=dict)
    null_words: Words = NULL_WORDS
    items: dict[str, SourceForm] = Field(default_factory=dict)
    known: SourceForm | None = None
    filter: tuple[RowFilter, ...] = ()
    message: Literal["records", "delete", "rekey"] = "records"
    action: Action | None = None
    rekey: Rekey | None = None

    @model_validator(mode="after")
    def _whole(self) -> Mapping:
        if (self.rekey is not None) != (self.message == "rekey"):
            raise ValueError("says rekey without message: rekey, or the other way round")
        if self.action is not None and self.message != "records":
            raise ValueError("says action, which belongs to message: records")
        if not self.items and self.message == "records":
            raise ValueError("maps no item; expected items: with item: source")
        return self


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file; its name, unless it says one, is the file's.

    Raises
    ------
    ContractsError
        For anything that cannot be a mapping; names the file, line, key, expected form and a hint.
    """
    given, lines = read_yaml(Path(path))
    if isinstance(given.get("known"), str) and given["known"] == "received":
        given["known"] = {"day": "received"}
    given.setdefault("name", re.sub(r"[^a-z0-9_]+", "_", Path(path).stem.lower()).strip("_"))
    try:
        return Mapping.model_validate(given)
    except ValidationError as error:
        raise _explained(Path(path), error, lines) from None


def _explained(
    path: Path, error: ValidationError, lines: dict[tuple[str | int, ...], int]
) -> ContractsError:
    first = error.errors(include_url=False, include_input=False)[0]
    place = tuple(first["loc"])
    line = next((lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in lines), None)
    expected, hint = "", "README.md beside the shipped mappings lists all keys"
    if first["type"] == "extra_forbidden":
        problem = "the key is unknown."
        hint = "check the spelling; " + hint
    elif first["type"] == "missing":
        problem = "the key is missing."
    else:
        text = first["msg"].removeprefix("Value error, ")
        problem, _, expected = text.partition("; expected ")
        problem = f"the mapping {problem}." if first["type"] == "value_error" else f"{problem}."
    return ContractsError(
        problem, expected=expected, hint=hint, file=path, line=line,
        column=".".join(map(str, place)) or None,
    )  # fmt: skip
