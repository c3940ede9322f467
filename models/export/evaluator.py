"""Score rows with an exported model: plain Python, nothing but its standard library.

The reference of the JSON form: whoever writes an own evaluator compares with this one. The file runs alone:

    python evaluator.py scorer.json < rows.jsonl > scores.jsonl

Each line of input is one row, an object with a value for every input of the model; null is missing.
"""

import json
import math
import sys
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any, TextIO


def evaluate(model: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """Score one row.

    Parameters
    ----------
    model : dict
        The exported document.
    row : dict
        Number, text or None for each input by name; other keys are passed over.

    Returns
    -------
    dict
        ``margin`` (points, unrounded), ``score`` (rounded half up, clipped; higher is better),
        ``log_odds`` and ``probability`` of going bad, and ``contributions``: the points of each table in
        order. ``base`` plus all contributions, added one by one, is the margin.

    Raises
    ------
    ValueError
        When an input is absent or of the wrong kind, naming it.
    """
    kinds = {one["name"]: one for one in model["inputs"]}
    contributions = []
    margin = model["base"]
    for table in model["tables"]:
        cell = table["points"]
        for name, axis in zip(table["features"], table["axes"], strict=True):
            cell = cell[_bin(kinds[name], axis, row)]
        contributions.append(cell)
        margin += cell
    scale = model["scale"]
    log_odds = (scale["offset"] - margin) / scale["factor"]
    return {
        "margin": margin,
        "score": int(min(max(math.floor(margin + 0.5), scale["low"]), scale["high"])),
        "log_odds": log_odds,
        "probability": _probability(log_odds),
        "contributions": contributions,
    }


def _bin(declared: dict[str, Any], axis: dict[str, Any], row: dict[str, Any]) -> int:
    """Find the bin of a row's value on one axis of a table."""
    name = declared["name"]
    if name not in row:
        raise ValueError(f"input {name!r} is absent; give null when it is unknown")
    value = row[name]
    if declared["kind"] == "category":
        levels: list[str] = axis["levels"]
        if value is None or value != value:
            return len(levels) + 1
        if not isinstance(value, str):
            raise ValueError(f"input {name!r} must be text")
        return levels.index(value) if value in levels else len(levels)
    if value is not None and not isinstance(value, (int, float)):
        raise ValueError(f"input {name!r} must be a number")
    cuts: list[float] = axis["cuts"]
    special: list[float] = axis["special"]
    missing = len(cuts) + 1
    if value is None or value != value:
        return missing
    value = float(value)
    if value in special:
        return missing + 1 + special.index(value)
    # A declared code that this table has no bin for is no quantity either.
    return missing if value in declared["special"] else bisect_left(cuts, value)


def _probability(log_odds: float) -> float:
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    e = math.exp(log_odds)
    return e / (1.0 + e)


def main(model: dict[str, Any], lines: Iterable[str], out: TextIO) -> None:
    """Score one JSON object a line."""
    for line in lines:
        out.write(json.dumps(evaluate(model, json.loads(line))) + "\n")


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        main(json.load(file), sys.stdin, sys.stdout)
