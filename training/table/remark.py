"""What an analyst is told of a table, in both languages, and the one way an unknown name is refused."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from data_contracts.documents import Text
from training.errors import TrainingError

Weight = Literal["note", "warning", "suspicious"]


@dataclass(frozen=True)
class Remark:
    """One sentence about the table or one of its columns; never a value out of a row.

    Attributes
    ----------
    code
        What it is about, for programs.
    weight
        ``note``: how something was read; ``warning``: something was left out or changed;
        ``suspicious``: the outcome may be known to this column before it happened.
    column
        The column, or empty.
    value
        The figure that the sentence rests on, where there is one.
    """

    code: str
    weight: Weight
    zh: str
    en: str
    column: str = ""
    value: float | None = None

    @property
    def text(self) -> Text:
        """The sentence in both languages."""
        return Text(self.zh, self.en)

    def to_json(self) -> dict[str, str | float | None]:
        """Plain values for metrics.json."""
        return {
            "code": self.code,
            "column": self.column or None,
            "zh": self.zh,
            "en": self.en,
            "value": self.value,
        }


def shortened(remarks: Sequence[Remark], most: int = 2) -> list[Text]:
    """Sentences for people: of many remarks of one kind the first ones, and the columns of the others."""
    out = []
    for code in dict.fromkeys(remark.code for remark in remarks):
        alike = [remark for remark in remarks if remark.code == code]
        if len(alike) <= most + 1:
            out += [remark.text for remark in alike]
            continue
        out += [remark.text for remark in alike[:most]]
        rest = listed([remark.column for remark in alike[most:]], 20)
        out.append(Text(f"另有同类的列：{rest}。", f"The same holds for the columns {rest}."))
    return out


def listed(names: Sequence[str], most: int = 8) -> str:
    """Write names for a sentence; of many only the first and how many there are.

    >>> listed(["a", "b"]), listed([str(i) for i in range(20)], most=2)
    ('a, b', '0, 1 … (20)')
    """
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} … ({len(names)})"


def need_columns(asked: Iterable[str], known: Sequence[str], option: str) -> None:
    """Refuse names that the table does not have, with those that look alike.

    Raises
    ------
    TrainingError
        Naming the option and every unknown column.
    """
    unknown = [name for name in asked if name not in known]
    if not unknown:
        return
    near = []
    for name in unknown:
        alike = {other.casefold(): other for other in known}
        close = difflib.get_close_matches(name.casefold(), list(alike), n=2, cutoff=0.6)
        inside = [other for other in alike if len(name) > 2 and name.casefold() in other]
        near += [alike[other] for other in [*close, *inside[:2]]]
    guess = f"did you mean {' or '.join(map(repr, dict.fromkeys(near)))}? " if near else ""
    raise TrainingError(
        f"{option}: the table has no column {', '.join(map(repr, unknown))}.",
        f"{guess}its columns are {listed(list(known), 20)}",
    )
