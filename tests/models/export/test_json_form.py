"""The JSON form, its schema, and the evaluator that needs nothing but Python."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from models.export import evaluator
from models.export.json_form import schema_text, to_document, to_json, to_python
from models.scorer import AdditiveModel
from tests.models.export.fuzz import ROWS, awkward_model, awkward_rows
from tests.models.rows import hand_model, row_values, special_model


def test_hand_worked() -> None:
    answer = evaluator.evaluate(json.loads(to_json(hand_model())), {"x": 9, "c": "b"})
    points = -40 / np.log(2)
    assert answer["contributions"] == pytest.approx([0.7 * points, -0.2 * points, 0.0], abs=1e-9)
    assert answer["log_odds"] == pytest.approx(-1.5, abs=1e-12)
    assert answer["score"] == 490
    assert answer["probability"] == pytest.approx(0.18242552380635635, rel=1e-12)


def test_every_row_scores_as_in_the_model() -> None:
    model = awkward_model()
    document = json.loads(to_json(model))
    frame, _ = awkward_rows(model, ROWS)
    margin, points = model.explain_many(frame)
    score, probability = model.score(frame), model.probability(frame)
    for i, row in enumerate(frame.to_dict("records")):
        answer = evaluator.evaluate(document, row)
        assert answer["margin"] == margin[i]
        assert answer["score"] == score[i]
        assert answer["probability"] == probability[i]
        if i % 50 == 0:
            assert answer["contributions"] == points[i].tolist()


@pytest.mark.parametrize(
    "model", [hand_model(), special_model(), awkward_model(), awkward_model(3)]
)
def test_documents_keep_the_schema(model: AdditiveModel) -> None:
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(to_json(model)), schema)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda d: d.update(version=2),
        lambda d: d.update(extra=1),
        lambda d: d["scale"].pop("low"),
        lambda d: d["inputs"][0].update(kind="date"),
        lambda d: d["tables"][0].update(points=["1", "2"]),
        lambda d: d["tables"][0]["axes"][0].pop("special"),
        lambda d: d["tables"][0].update(features=["x", "x"]),
    ],
)
def test_the_schema_refuses_other_documents(break_it: Any) -> None:
    document = to_document(hand_model())
    break_it(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, json.loads(schema_text()))


def test_the_evaluator_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(Path(evaluator.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [n.name for n in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        )
    }
    assert imported == {"json", "math", "sys", "bisect", "collections", "typing"}


@pytest.mark.parametrize("single", [True, False])
def test_the_files_run_alone(tmp_path: Path, single: bool) -> None:
    """As a bank runs them: an isolated Python in an empty folder, rows as JSON lines."""
    model = awkward_model()
    frame, _ = awkward_rows(model, 50)
    frame = frame.replace([np.inf, -np.inf], 1e300)
    rows = "".join(json.dumps(row_values(frame, i), ensure_ascii=False) + "\n" for i in range(50))
    (tmp_path / "scorer.json").write_text(to_json(model), encoding="utf-8")
    (tmp_path / "scorer.py").write_text(to_python(model), encoding="utf-8")
    command = ["scorer.py"] if single else [str(Path(evaluator.__file__)), "scorer.json"]
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", *command],
        cwd=tmp_path, input=rows, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["margin"] for answer in answers] == model.margin(frame).tolist()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"x": 1.0}, "'c' is absent"),
        ({"x": "1", "c": "a"}, "'x' must be a number"),
        ({"x": 1.0, "c": 1.0}, "'c' must be text"),
        ({"x": 1j, "c": "a"}, "'x' must be a number"),
    ],
)
def test_a_wrong_row_is_refused_by_name(row: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        evaluator.evaluate(to_document(hand_model()), row)
