"""Directions that an analyst declares: a file of ``column: +1 | -1 | 0``, as YAML or CSV."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from training.errors import TrainingError

WORDS = {
    "+1": 1, "1": 1, "1.0": 1, "up": 1, "increasing": 1, "+": 1, "升": 1, "上升": 1, "正": 1,
    "-1": -1, "-1.0": -1, "down": -1, "decreasing": -1, "-": -1, "降": -1, "下降": -1, "负": -1,
    "0": 0, "0.0": 0, "free": 0, "none": 0, "无": 0,
}  # fmt: skip


def read_directions(path: Path) -> dict[str, int]:
    """Read the file.

    Parameters
    ----------
    path
        ``.yaml`` or ``.yml``: a mapping; anything else: two columns with a comma between, with or without
        a header. +1 (or up): a larger value never lowers the risk; -1 (or down): never raises it.

    Raises
    ------
    TrainingError
        When the file can not be read, or a direction is none of the known words; names file and column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingError(
            f"--directions: {path} can not be read.", "a text file in UTF-8 is expected"
        ) from error
    given = _yaml(path, text) if path.suffix.lower() in (".yaml", ".yml") else _csv(path, text)
    out: dict[str, int] = {}
    for name, word in given:
        direction = WORDS.get(str(word).strip().lower())
        if direction is None or isinstance(word, bool):
            raise TrainingError(
                f"--directions: the direction of {name!r} in {path} is none that is known.",
                "+1 (up), -1 (down) or 0",
            )
        if out.get(name, direction) != direction:
            raise TrainingError(f"--directions: {path} gives {name!r} two directions.")
        out[name] = direction
    return out


def _yaml(path: Path, text: str) -> list[tuple[str, Any]]:
    import yaml

    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise TrainingError(
            f"--directions: {path} is no YAML.", "one line for each column: income: -1"
        ) from error
    if value is None:
        return []
    if not isinstance(value, dict):
        raise TrainingError(
            f"--directions: {path} is no mapping.", "one line for each column: income: -1"
        )
    return [(str(name), word) for name, word in value.items()]


def _csv(path: Path, text: str) -> list[tuple[str, Any]]:
    rows = [row for row in csv.reader(text.splitlines()) if any(cell.strip() for cell in row)]
    if any(len(row) < 2 for row in rows):
        raise TrainingError(
            f"--directions: {path} does not have two columns.", "one line for each: income,-1"
        )
    # A header is a first line whose second cell is no direction but all others are.
    if rows and rows[0][1].strip().lower() not in WORDS:
        rows = rows[1:]
    return [(row[0].strip(), row[1]) for row in rows]
