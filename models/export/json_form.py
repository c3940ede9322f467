"""The JSON form of a model, its JSON Schema, and one file of Python that carries both model and evaluator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.bins import Bins, NumberBins
from models.schema import canonical
from models.scorer import AdditiveModel

_HERE = Path(__file__).parent
_LAST = 'if __name__ == "__main__":'


def schema_text() -> str:
    """Give the JSON Schema (draft 2020-12) that every exported document keeps."""
    return (_HERE / "scorer.schema.json").read_text(encoding="utf-8")


def to_document(model: AdditiveModel) -> dict[str, Any]:
    """Write a model as a document that `models.export.evaluator` scores with.

    Points instead of log odds, so that a reader needs to add up only. Everything that is not needed for
    scoring stays behind: masses, notes, the certificate.
    """
    scale = model.scale
    inputs = [model.schema[name] for name in model.inputs]
    return {
        "format": "xinqiao-scorer",
        "version": 1,
        "kind": model.kind,
        "base": scale.margin(model.intercept),
        "scale": {
            "offset": scale.offset,
            "factor": scale.factor,
            "low": scale.low,
            "high": scale.high,
        },
        "inputs": [
            {
                "name": field.name,
                "kind": field.kind,
                "title_zh": field.title_zh,
                "title_en": field.title_en,
                "unit": field.unit,
                "special": list(field.special),
            }
            for field in inputs
        ],
        "tables": [
            {
                "features": list(table.features),
                "axes": [_axis(axis) for axis in table.axes],
                "points": (table.values * -scale.factor + 0.0).tolist(),  # no -0.0
            }
            for table in model.tables
        ],
    }


def _axis(axis: Bins) -> dict[str, Any]:
    if isinstance(axis, NumberBins):
        return {"cuts": list(axis.cuts), "special": list(axis.special)}
    return {"levels": list(axis.levels)}


def to_json(model: AdditiveModel) -> str:
    """Write the document in canonical form: the same bytes each time."""
    return canonical(to_document(model)) + "\n"


def to_python(model: AdditiveModel) -> str:
    """Write the evaluator with the model inside: one file that scores JSON lines from its input.

    ``score(row)`` scores one row for whoever imports it.
    """
    evaluator = (_HERE / "evaluator.py").read_text(encoding="utf-8").partition(_LAST)[0]
    evaluator = evaluator.replace("python evaluator.py scorer.json <", "python scorer.py <")
    return (
        f"{evaluator}MODEL = json.loads({canonical(to_document(model))!a})\n\n\n"
        'def score(row: dict[str, Any]) -> dict[str, Any]:\n    """Score one row with the model of this file."""\n'
        f"    return evaluate(MODEL, row)\n\n\n{_LAST}\n    main(MODEL, sys.stdin, sys.stdout)\n"
    )
