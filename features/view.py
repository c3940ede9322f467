"""Features and the views that put them together: frozen, checked when they are declared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

from data_contracts.catalogue import contract as contract_of
from data_contracts.contract import SubjectKind
from data_contracts.item import Sensitivity
from features.errors import FeaturesError
from features.expressions import Aggregate, Column, Expression, Group
from features.policy import refused_input
from features.relations.declared import GroupFeature
from features.validation import check_acyclic, contract_column, null_without_records, subject_kind

UNITS: dict[str, tuple[str, str]] = {
    "USD": ("美元", "US dollars"),
    "CNY": ("元", "yuan"),
    "TWD": ("新台币元", "New Taiwan dollars"),
    "fraction": ("比例", "fraction"),
    "times": ("倍", "times"),
    "records": ("条", "records"),
    "periods": ("期", "periods"),
    "people": ("人", "people"),
    "jobs": ("个", "jobs"),
    "months": ("个月", "months"),
    "days": ("天", "days"),
    "kinds": ("种", "kinds"),
    "partners": ("家", "partners"),
    "accounts": ("户", "accounts"),
    "lenders": ("家", "lenders"),
    "levels": ("级", "levels"),
    "members": ("个", "members"),
    "steps": ("层", "steps"),
    "kWh": ("千瓦时", "kilowatt hours"),
    "m3": ("立方米", "cubic metres"),
    "m2": ("平方米", "square metres"),
    "mu": ("亩", "mu"),
    "points": ("分", "points"),
    "yes/no": ("是否", "yes or no"),
    "code": ("代码", "code"),
}
"""Units of features, with their titles. A fraction of 0.25 is shown to people as 25 %."""

_NAME = re.compile(r"[a-z][a-z0-9_]{2,60}")
_TEXTS = {
    "title": "a title",
    "null": "a null meaning",
    "too_high": "a reason text for a value that is too high",
    "too_low": "a reason text for a value that is too low",
}


@dataclass(frozen=True)
class Feature:
    """One feature: what it is, how it is computed, and how a person is told of it.

    Attributes
    ----------
    name, theme : str
    value : Expression
        Over the records of the subject, see :mod:`features.expressions`.
    unit : str
        One of :data:`UNITS`.
    direction : {-1, 0, 1}
        +1: a larger value means more risk, -1: less, 0: not known or not firm. Must be given.
    title_zh, title_en, null_zh, null_en : str
        Title, and what it means when there is no value.
    too_high_zh, too_high_en, too_low_zh, too_low_en : str
        Reason texts, told to the person concerned when a value above (below) the usual harmed the
        score; ``{value}`` stands for the value with its unit's form. A category has the first pair only.
    lender_history : bool
        Whether it is made from what happened to a lender's earlier loans, so that training may leave
        it out.
    labels : tuple of (code, Chinese title, English title)
        What the codes of a category mean, for people.

    Raises
    ------
    FeaturesError
        Naming the feature, for whatever is missing, undeclared, contradictory or not allowed.
    """

    name: str
    theme: str
    value: Expression
    unit: str = ""
    direction: Literal[-1, 0, 1] | None = None
    title_zh: str = ""
    title_en: str = ""
    null_zh: str = ""
    null_en: str = ""
    too_high_zh: str = ""
    too_high_en: str = ""
    too_low_zh: str = ""
    too_low_en: str = ""
    lender_history: bool = False
    labels: tuple[tuple[str, str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse an incomplete, contradictory or unlawful declaration."""
        try:
            self._check()
        except FeaturesError as error:
            if error.feature:
                raise
            raise FeaturesError(
                error.problem, feature=self.name, expected=error.expected, hint=error.hint
            ) from error

    def _check(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise FeaturesError(
                "the name is not usable.", expected="snake_case, 3 to 61 characters"
            )
        if not self.theme:
            raise FeaturesError("no theme is given.")
        refused = refused_input(self.name, self.title_zh, self.title_en)
        if refused:
            raise FeaturesError(f"may not be an input: {refused}.")
        if self.unit not in UNITS:
            raise FeaturesError(
                f"{self.unit!r} is no unit." if self.unit else "no unit is given.",
                expected=", ".join(UNITS),
            )
        if self.direction not in (-1, 0, 1):
            raise FeaturesError("no direction is given.", expected="1, 0 or -1")
        check_acyclic(self.value)
        kind = subject_kind(self.value)
        if kind == "date":
            raise FeaturesError("a date drifts with the calendar and can not be a feature.")
        if kind == "text" and (self.direction or self.unit != "code"):
            raise FeaturesError("a category has no order.", expected='unit "code", direction 0')
        if self.labels and kind != "text":
            raise FeaturesError("labels name the codes of a category, and this is a number.")
        if not self.columns:
            raise FeaturesError("no column or record is used.")
        if not null_without_records(self.value):
            raise FeaturesError(
                "has a value for a subject of whom nothing was supplied, where it must have none.",
                hint="take total() or count(), or add .only_if(records.count().known())",
            )
        for part, what in _TEXTS.items():
            if part == "too_low" and kind == "text":
                continue
            for language in ("zh", "en"):
                if not str(getattr(self, f"{part}_{language}")).strip():
                    raise FeaturesError(f"lacks {what} ({language}).")

    @cached_property
    def kind(self) -> Literal["number", "category"]:
        """Number (flags are 0 and 1) or category."""
        return "category" if subject_kind(self.value) == "text" else "number"

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Lineage: what it is made from, as "contract.column" (a count: "contract.*"), first use first."""
        found: dict[str, None] = {}
        _lineage(self.value, "", found)
        return tuple(found)

    @cached_property
    def contracts(self) -> tuple[str, ...]:
        """Contracts that it is made from, first use first."""
        return tuple(dict.fromkeys(column.split(".")[0] for column in self.columns))

    @property
    def contract(self) -> str:
        """Contract that it is mainly made from."""
        return self.contracts[0]

    @cached_property
    def sensitivity(self) -> Sensitivity:
        """Inherited from what it is made from: the strictest of its columns and record types."""
        found: set[Sensitivity] = set()
        for column in self.columns:
            contract, name = column.split(".")
            found.add(contract_of(contract).about.sensitivity)
            if name != "*":
                found.add(contract_column(contract, name).item.sensitivity)
        return max(found, key=get_args(Sensitivity).index)

    @cached_property
    def suppliers(self) -> tuple[tuple[str, str], ...]:
        """Who supplies what it is made from, in both languages, first use first."""
        abouts = (contract_of(contract).about for contract in self.contracts)
        return tuple(dict.fromkeys((about.supplier_zh, about.supplier_en) for about in abouts))

    @property
    def null_meaning(self) -> str:
        """What it means when there is no value, in both languages."""
        return f"{self.null_zh} / {self.null_en}"

    def spec(self) -> dict[str, Any]:
        """Everything about it that is not computation, as JSON-able metadata."""
        texts = (
            f"{part}_{language}"
            for part in ("title", "null", "too_high", "too_low")
            for language in ("zh", "en")
        )
        return {
            "name": self.name,
            "theme": self.theme,
            "kind": self.kind,
            "unit": self.unit,
            "direction": self.direction,
            **{text: getattr(self, text) for text in texts},
            "null_meaning": self.null_meaning,
            "contract": self.contract,
            "contracts": list(self.contracts),
            "columns": list(self.columns),
            "sensitivity": self.sensitivity,
            "suppliers": [{"zh": zh, "en": en} for zh, en in self.suppliers],
            "lender_history": self.lender_history,
            "labels": {code: {"zh": zh, "en": en} for code, zh, en in self.labels},
        }


def code_titles(contract: str, column: str) -> tuple[tuple[str, str, str], ...]:
    """Labels of a category whose codes are a contract's own."""
    codes = contract_column(contract, column).item.codes
    return tuple((code, zh, en) for code, (zh, en) in codes.items())


@dataclass(frozen=True)
class FeatureView:
    """The features of one kind of subject, in the order of a model's inputs.

    Attributes
    ----------
    name : str
    subject_kind : str
    features : tuple of Feature or GroupFeature

    Raises
    ------
    FeaturesError
        When it is empty or two features share a name.
    """

    name: str
    subject_kind: SubjectKind
    features: tuple[Feature | GroupFeature, ...]

    def __post_init__(self) -> None:
        """Refuse an empty view, an unknown kind of subject, and repeated names."""
        if self.subject_kind not in get_args(SubjectKind):
            raise FeaturesError(
                f"the view {self.name!r} is about no known kind of subject.",
                expected=", ".join(get_args(SubjectKind)),
            )
        if not self.features:
            raise FeaturesError(f"the view {self.name!r} has no features.")
        names = [feature.name for feature in self.features]
        for name in names:
            if names.count(name) > 1:
                raise FeaturesError("declared twice in one view.", feature=name)

    def __hash__(self) -> int:
        """Hash of all declarations, found once: what is compiled is kept by it."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.name, self.subject_kind, self.features))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the features, in order."""
        return tuple(feature.name for feature in self.features)

    @cached_property
    def declared(self) -> tuple[Feature, ...]:
        """Features that are expressions over records."""
        return tuple(feature for feature in self.features if isinstance(feature, Feature))

    @cached_property
    def of_groups(self) -> tuple[GroupFeature, ...]:
        """Features of the subject's group, made from the network of relations."""
        return tuple(feature for feature in self.features if isinstance(feature, GroupFeature))

    @cached_property
    def contracts(self) -> tuple[str, ...]:
        """All contracts that the view reads, sorted."""
        return tuple(sorted({name for feature in self.features for name in feature.contracts}))

    def __getitem__(self, name: str) -> Feature | GroupFeature:
        """One feature by name.

        Raises
        ------
        FeaturesError
            When the view has no such feature.
        """
        for feature in self.features:
            if feature.name == name:
                return feature
        raise FeaturesError(f"the view {self.name!r} has no feature {name!r}.")

    def spec(self) -> list[dict[str, Any]]:
        """JSON-able metadata of every feature, in order."""
        return [feature.spec() for feature in self.features]


def _lineage(value: Expression | Group | None, contract: str, found: dict[str, None]) -> None:
    if isinstance(value, Column):
        found[f"{value.contract or contract}.{value.name}"] = None
    elif isinstance(value, Aggregate):
        if value.of is None:
            found[f"{value.contract}.*"] = None
        for part in (value.of, value.where, *(value.group.theirs if value.group else ())):
            _lineage(part, value.contract, found)
        for part in value.group.mine if value.group else ():
            _lineage(part, "", found)
    elif isinstance(value, Expression):
        for part in value.parts():
            _lineage(part, contract, found)
