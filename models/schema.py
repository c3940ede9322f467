"""What a model knows about each of its inputs: kind, titles, direction, reason texts."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any, Literal

from models.errors import ModelsError

Kind = Literal["number", "category"]
Missing = Literal["learned", "worst"]


def canonical(value: object) -> str:
    """Write JSON in the one form that digests are taken over.

    Sorted keys, no spaces, floats in Python's shortest exact form. Not-a-number and infinity are
    refused, because JSON has no word for them.
    """
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


@dataclass(frozen=True)
class Field:
    """One model input.

    Parameters
    ----------
    name
        Column name in a frame, key in a mapping of values.
    kind
        ``number`` (float; NaN or None when missing) or ``category`` (text; None when missing).
    direction
        +1: a larger value never lowers the risk; -1: never raises it; 0: free. It also holds inside
        pairs, and the certificate proves it.
    missing
        ``learned``: a missing value has the effect that the data show, because absence can be good
        news ("never in arrears"). ``worst``: it is never better than the worst observed value.
    too_high_zh, too_high_en, too_low_zh, too_low_en
        Reason texts for a harmful value above or below what is typical; ``{value}`` stands for the
        formatted value. Categories use the ``too_high`` pair.
    null_zh, null_en
        What a missing value means.
    labels
        Code, Chinese and English title of each level of a category that has titles.
    special
        Codes of a number that are no quantities, such as -7 "no account": each has a bin of its own, and
        no direction binds it. With ``missing="worst"`` it is bound as a missing value is. Kept in
        rising order.
    """

    name: str
    kind: Kind
    title_zh: str = ""
    title_en: str = ""
    unit: str = ""
    direction: int = 0
    theme: str = ""
    missing: Missing = "learned"
    too_high_zh: str = ""
    too_high_en: str = ""
    too_low_zh: str = ""
    too_low_en: str = ""
    null_zh: str = ""
    null_en: str = ""
    labels: tuple[tuple[str, str, str], ...] = ()
    special: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a declaration that no model could keep."""
        if not self.name or not isinstance(self.name, str):
            raise ModelsError("A model input needs a name (text).")
        if self.kind not in ("number", "category"):
            raise ModelsError(f"Input {self.name!r}: kind must be 'number' or 'category'.")
        if self.direction not in (-1, 0, 1):
            raise ModelsError(f"Input {self.name!r}: direction must be -1, 0 or 1.")
        if self.missing not in ("learned", "worst"):
            raise ModelsError(f"Input {self.name!r}: missing must be 'learned' or 'worst'.")
        if self.kind == "category" and self.direction:
            raise ModelsError(
                f"Input {self.name!r} is a category and has no larger values: declare direction 0."
            )
        if self.special:
            object.__setattr__(self, "special", self._special_codes())

    def _special_codes(self) -> tuple[float, ...]:
        if self.kind == "category":
            raise ModelsError(
                f"Input {self.name!r} is a category: every code of it is a level; special codes are for "
                "numbers."
            )
        codes = sorted({float(code) + 0.0 for code in self.special})  # -0.0 is 0.0
        if len(codes) != len(self.special) or not all(map(math.isfinite, codes)):
            raise ModelsError(
                f"Input {self.name!r}: special codes must be different finite numbers, such as [-9, -8]."
            )
        return tuple(codes)

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Field:
        """Read one entry of a feature view's specification; keys of other rooms are passed over.

        Raises
        ------
        ModelsError
            When name or kind is absent, or a value has the wrong form.
        """
        absent = [key for key in ("name", "kind") if not spec.get(key)]
        if absent:
            raise ModelsError(f"A feature specification lacks {', '.join(absent)}.")
        known = {f.name: spec[f.name] for f in fields(cls) if spec.get(f.name) is not None}
        labels = known.pop("labels", ())
        if isinstance(labels, Mapping):
            labels = [(code, titles["zh"], titles["en"]) for code, titles in labels.items()]
        special = tuple(known.pop("special", ()))
        titled = tuple((str(c), str(zh), str(en)) for c, zh, en in labels)
        return cls(**known, labels=titled, special=special)

    @property
    def label(self) -> str:
        """Chinese title, or the name where no title was given."""
        return self.title_zh or self.title_en or self.name


@dataclass(frozen=True)
class Schema:
    """The ordered inputs of a model."""

    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        """Refuse an empty schema and repeated names."""
        if not self.fields:
            raise ModelsError("A schema needs at least one field.")
        names = [field.name for field in self.fields]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ModelsError(f"Field names must be unique; repeated: {', '.join(twice)}.")

    @classmethod
    def from_spec(cls, spec: Iterable[Mapping[str, Any]]) -> Schema:
        """Build a schema from ``FeatureView.spec()``."""
        return cls(tuple(Field.from_spec(entry) for entry in spec))

    def to_spec(self) -> list[dict[str, Any]]:
        """Give the JSON form that `from_spec` reads back."""
        return [asdict(field) for field in self.fields]

    @property
    def names(self) -> tuple[str, ...]:
        """Names in order."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Fields by name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON; equal inputs give an equal digest."""
        return hashlib.sha256(canonical(self.to_spec()).encode()).hexdigest()

    def __iter__(self) -> Iterator[Field]:
        """Iterate over the fields in order."""
        return iter(self.fields)

    def __len__(self) -> int:
        """Count the fields."""
        return len(self.fields)

    def __getitem__(self, name: str) -> Field:
        """Find a field by name.

        Raises
        ------
        ModelsError
            When the schema has no such field.
        """
        try:
            return self.by_name[name]
        except KeyError:
            raise ModelsError(f"The schema has no field {name!r}.") from None

    def select(self, names: Iterable[str]) -> Schema:
        """Keep the named fields, in this schema's order."""
        wanted = set(names)
        return Schema(tuple(field for field in self.fields if field.name in wanted))
