"""What an analyst asks of a table: the options of the command, checked against each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from models.kinds import KINDS as KNOWN
from training.errors import TrainingError
from training.table.remark import need_columns

KINDS: tuple[str, ...] = tuple(KNOWN)
"""Kinds of models in the order in which they are fitted and shown."""
HOLD_OUT = 0.3
"""Share of the rows that are held out where nothing else is asked (ours)."""
MOST_FOLDS = 20


@dataclass(frozen=True)
class Request:
    """The options of one run; see ``xinqiao fit --help`` for what each means."""

    table: Path
    label: str
    out: Path
    id: str | None = None
    time: str | None = None
    holdout_after: str | None = None
    folds: int | None = None
    test: Path | None = None
    drop: tuple[str, ...] = ()
    weight: str | None = None
    directions: Path | None = None
    special: tuple[float, ...] = ()
    kinds: tuple[str, ...] = field(default=KINDS)
    bad: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse options that contradict each other.

        Raises
        ------
        TrainingError
            Naming the options.
        """
        ways = {
            "--time / --holdout-after": self.time or self.holdout_after,
            "--folds": self.folds,
            "--test": self.test,
        }
        given = [name for name, value in ways.items() if value is not None]
        if len(given) > 1:
            raise TrainingError(f"{' and '.join(given)} exclude each other.", "give one of them")
        if self.holdout_after is not None and self.time is None:
            raise TrainingError(
                "--holdout-after needs the column of the time.", "add --time COLUMN"
            )
        if self.folds is not None and not 2 <= self.folds <= MOST_FOLDS:
            raise TrainingError(f"--folds must lie between 2 and {MOST_FOLDS}.")
        unknown = [kind for kind in self.kinds if kind not in KINDS]
        if unknown or not self.kinds:
            raise TrainingError(
                f"--model: there is no model {', '.join(map(repr, unknown)) or 'named'}.",
                f"known are all, {', '.join(KINDS)}",
            )
        if self.seed < 0:
            raise TrainingError("--seed must not be negative.")
        roles = {"--label": self.label, "--id": self.id, "--time": self.time}
        roles["--weight"] = self.weight
        for option, name in roles.items():
            twice = [other for other, known in roles.items() if known == name and other != option]
            if name is not None and twice:
                raise TrainingError(f"{option} and {twice[0]} name the same column {name!r}.")
        if self.label in self.drop:
            raise TrainingError(f"--drop names the label {self.label!r}.")

    @property
    def roles(self) -> dict[str, str]:
        """Option -> column, for the columns that are no inputs."""
        named = {
            "--label": self.label,
            "--id": self.id,
            "--time": self.time,
            "--weight": self.weight,
        }
        return {option: name for option, name in named.items() if name is not None}

    def need(self, columns: list[str]) -> None:
        """Refuse columns that the table does not have.

        Raises
        ------
        TrainingError
            Naming the option, with columns that look alike.
        """
        for option, name in self.roles.items():
            need_columns([name], columns, option)
        need_columns(self.drop, columns, "--drop")


def model_kinds(text: str) -> tuple[str, ...]:
    """Read ``--model``: ``all`` or names with commas between, in the order of `KINDS`.

    >>> model_kinds("lightgbm, glassbox")
    ('glassbox', 'lightgbm')
    """
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    if "all" in names:
        return KINDS
    known = [kind for kind in KINDS if kind in names]
    return (*known, *(name for name in dict.fromkeys(names) if name not in KINDS))


def special_codes(text: str) -> tuple[float, ...]:
    """Read ``--special``: numbers with commas between.

    >>> special_codes("-7,-8, -9")
    (-7.0, -8.0, -9.0)

    Raises
    ------
    TrainingError
        When one is no number.
    """
    out = []
    for part in (part.strip() for part in text.split(",")):
        try:
            out.append(float(part))
        except ValueError:
            raise TrainingError(f"--special: {part!r} is no number.", "such as -7,-8,-9") from None
    return tuple(dict.fromkeys(out))
