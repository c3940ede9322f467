"""One run of ``xinqiao fit``: from a file to a folder of models, figures, pictures and a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from models.bins import Floats
from training.errors import TrainingError
from training.table.compare import Comparison, compare, save_models, versions
from training.table.directions import read_directions
from training.table.inputs import Inputs, choose_inputs, weights
from training.table.label import Label, read_label
from training.table.output import MARK, whole_folder
from training.table.read import Table, read_table
from training.table.remark import Remark
from training.table.request import Request
from training.table.split import Split, as_days, split_rows
from training.table.suspicions import copies_of_label, suspicions

Progress = Callable[[str, int, int], None]


@dataclass
class Plan:
    """What will be fitted on what; nothing of it is fitted yet.

    Attributes
    ----------
    table
        The rows that take part, of both files where there are two.
    rows_read
        Rows of the file or files.
    lines
        Number of each row in its file, from 1.
    bad
        Labels, 0 or 1.
    """

    request: Request
    table: Table
    rows_read: int
    lines: np.ndarray
    label: Label
    bad: Floats
    weight: Floats | None
    inputs: Inputs
    split: Split
    remarks: list[Remark] = field(default_factory=list)

    @property
    def warnings(self) -> list[Remark]:
        """What was left out or changed."""
        return [remark for remark in self.remarks if remark.weight == "warning"]

    @property
    def suspicious(self) -> list[Remark]:
        """What may leak the outcome."""
        return [remark for remark in self.remarks if remark.weight == "suspicious"]

    @property
    def notes(self) -> list[Remark]:
        """How columns were read."""
        return [remark for remark in self.remarks if remark.weight == "note"]


def make_plan(request: Request, progress: Progress | None = None) -> Plan:
    """Read the table and decide on rows, label, inputs and split.

    Raises
    ------
    ContractsError
        When a file can not be read.
    TrainingError
        When a column or option is wrong; names it.
    """
    tell = progress or (lambda text, done, total: None)
    directions = read_directions(request.directions) if request.directions else {}
    tell("reading the table", 0, 3)
    table = read_table(request.table)
    request.need(list(table.frame.columns))
    lines = np.arange(1, len(table.frame) + 1)
    test: np.ndarray | None = None
    if request.test is not None:
        other = read_table(request.test, _needed(request, table))
        test = np.repeat([False, True], [len(table.frame), len(other.frame)])
        lines = np.concatenate([lines, np.arange(1, len(other.frame) + 1)])
        table.frame = _stacked(table.frame, other.frame)
        table.kinds = dict(other.kinds)
        table.remarks += [remark for remark in other.remarks if remark not in table.remarks]
    tell("reading the label", 1, 3)
    label = read_label(request.label, table.frame[request.label], request.bad)
    rows_read, remarks = len(table.frame), [*table.remarks, *label.remarks]
    kept = ~np.isnan(label.bad)
    if request.time is not None:
        undated = kept & table.frame[request.time].isna().to_numpy()
        if undated.any():
            remarks.append(_undated(request.time, int(undated.sum())))
            kept &= ~undated
    table.frame = table.frame[kept].reset_index(drop=True)
    lines, bad = lines[kept], label.bad[kept]
    test = None if test is None else test[kept]
    weight = weights(request.weight, table.frame[request.weight]) if request.weight else None
    tell("choosing inputs", 2, 3)
    if request.time is not None:
        days = as_days(request.time, table.frame[request.time])
        table.frame = table.frame.assign(**{request.time: days})
    time = table.frame[request.time] if request.time else None
    inputs = choose_inputs(table, request, directions)
    _drop_copies(inputs, request.label, bad)
    ids = table.frame[request.id] if request.id else None
    split = split_rows(request, bad, time, ids, test)
    remarks += [*inputs.remarks, *split.remarks]
    remarks += suspicions(inputs.frame, request.label, bad, split)
    remarks = [r for r in remarks if not (r.column in request.drop and r.code != "special_unused")]
    tell("choosing inputs", 3, 3)
    return Plan(
        request, table, rows_read, lines, label, bad, weight, inputs, split, _unique(remarks)
    )


def run(plan: Plan, progress: Progress | None = None) -> tuple[dict[str, Any], Comparison]:
    """Fit, judge and write everything; ``out`` is there whole or as it was before.

    Returns
    -------
    metrics, comparison
        What metrics.json holds, and the models.
    """
    from training.table.page import write_page
    from training.table.pictures import draw_pictures

    with whole_folder(plan.request.out) as folder:
        comparison = compare(
            plan.request.kinds,
            plan.inputs.frame,
            plan.bad,
            plan.inputs.schema,
            plan.split,
            weight=plan.weight,
            seed=plan.request.seed,
            progress=progress,
        )
        tell = progress or (lambda text, done, total: None)
        tell("writing models", 0, 3)
        models = save_models(comparison, folder / "models")
        _predictions(plan, comparison).to_parquet(folder / "predictions.parquet", index=False)
        tell("writing pictures", 1, 3)
        pictures = draw_pictures(plan, comparison, folder / "plots")
        metrics = describe(plan)
        metrics = {
            "models": {kind: fitted.figures for kind, fitted in comparison.fitted.items()},
            "best": comparison.best,
            "not_fitted": comparison.failed,
            **metrics,
            "files": {
                "models": models,
                "predictions": "predictions.parquet",
                "page": "report.html",
                "plots": [f"plots/{path.name}" for path in pictures.values()],
            },
            "versions": versions(),
        }
        metrics["warnings"] += [remark.to_json() for remark in comparison.remarks]
        tell("writing page", 2, 3)
        write_page(plan, comparison, pictures, folder / "report.html")
        text = json.dumps(metrics, ensure_ascii=False, indent=1, allow_nan=False)
        (folder / MARK).write_text(text + "\n", encoding="utf-8")
        tell("writing page", 3, 3)
    return metrics, comparison


def describe(plan: Plan) -> dict[str, Any]:
    """Rows, label, split, columns and remarks as plain values."""
    learned = plan.split.final
    judged = plan.split.judged
    schema = plan.inputs.schema
    return {
        "rows": {
            "read": plan.rows_read,
            "used": len(plan.bad),
            "train": len(learned),
            "train_bad": int(plan.bad[learned].sum()),
            "test": len(judged),
            "test_bad": int(plan.bad[judged].sum()),
        },
        "label": {
            "column": plan.request.label,
            "bad": plan.label.bad_value,
            "good": list(plan.label.good_values),
        },
        "split": {
            "kind": plan.split.kind,
            "zh": plan.split.title.zh,
            "en": plan.split.title.en,
            "last_training_day": plan.split.cut,
            "final_models_learn_from": "all" if plan.split.kind == "folds" else "train",
        },
        "inputs": {f.name: _input(f) for f in schema},
        "left_out": plan.inputs.left_out,
        "suspicious": [remark.to_json() for remark in plan.suspicious],
        "warnings": [remark.to_json() for remark in plan.warnings],
        "notes": [remark.to_json() for remark in plan.notes],
        "table_sha256": plan.table.digest,
        "seed": plan.request.seed,
    }


def _input(field: Any) -> dict[str, Any]:
    out: dict[str, Any] = {"kind": field.kind}
    if field.direction:
        out["direction"] = field.direction
    if field.special:
        out["special"] = list(field.special)
    if field.unit:
        out["unit"] = field.unit
    return out


def _needed(request: Request, table: Table) -> dict[str, Any]:
    """Columns that the test file must have: all but those that are never looked at."""
    from features.policy import refused_input

    unread = {*request.drop, request.id, request.weight} - {request.label}
    return {
        name: kind
        for name, kind in table.kinds.items()
        if name not in unread and (name == request.label or not refused_input(name))
    }


def _stacked(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for name in first.columns:
        a = first[name]
        if name not in second.columns:
            if isinstance(a.dtype, pd.CategoricalDtype):
                b = pd.Series(pd.Categorical([None] * len(second), categories=a.cat.categories))
            else:
                filler = np.datetime64("NaT") if a.dtype.kind == "M" else np.nan
                b = pd.Series(np.full(len(second), filler, dtype=a.dtype))
        else:
            b = second[name]
        if isinstance(a.dtype, pd.CategoricalDtype):
            columns[name] = pd.api.types.union_categoricals([a, b])
        else:
            columns[name] = np.concatenate([a.to_numpy(), b.to_numpy()])
    return pd.DataFrame(columns, copy=False)


def _drop_copies(inputs: Inputs, label: str, bad: Floats) -> None:
    copies = copies_of_label(inputs.frame, label, bad)
    if not copies:
        return
    names = [remark.column for remark in copies]
    left = [name for name in inputs.schema.names if name not in names]
    if not left:
        raise TrainingError(
            f"Every input is the label {label!r} under another name: {', '.join(names)}."
        )
    inputs.remarks += copies
    inputs.left_out |= dict.fromkeys(names, "copy of the label")
    inputs.frame = inputs.frame[left]
    inputs.schema = inputs.schema.select(left)


def _undated(name: str, count: int) -> Remark:
    return Remark(
        "time_missing",
        "warning",
        f"列 {name} 有 {count:,} 行没有日期，这些行已略去。",
        f"Column {name} holds no date in {count:,} rows; those rows are left out.",
        name,
        count,
    )


def _unique(remarks: list[Remark]) -> list[Remark]:
    return list(dict.fromkeys(remarks))


def _predictions(plan: Plan, comparison: Comparison) -> pd.DataFrame:
    """Row of the file, id, part of the split, label, and each model's probability."""
    columns: dict[str, Any] = {"row": plan.lines}
    if plan.request.id:
        columns["id"] = plan.table.frame[plan.request.id]
    columns |= {"split": plan.split.names, "label": plan.bad.astype(np.int8)}
    columns |= {kind: fitted.all_rows for kind, fitted in comparison.fitted.items()}
    return pd.DataFrame(columns)


def summary_lines(plan: Plan) -> list[str]:
    """What a plan says on a terminal, Chinese first."""
    rows = describe(plan)["rows"]
    schema = plan.inputs.schema
    kinds = {k: sum(f.kind == k for f in schema) for k in ("number", "category")}
    directed = [f"{f.name} {'+' if f.direction > 0 else '-'}1" for f in schema if f.direction]
    out = [
        f"行 Rows: {rows['read']:,} 读入 read, {rows['used']:,} 使用 used, 坏 bad "
        f"{int(plan.bad.sum()):,} ({plan.bad.mean():.2%})",
        f"标签 Label: {plan.request.label}, 坏 bad = {plan.label.bad_value}, "
        f"好 good = {', '.join(plan.label.good_values)}",
        f"划分 Split: {plan.split.title.zh} {plan.split.title.en}; 训练 train {rows['train']:,} "
        f"({rows['train_bad']:,} 坏 bad), 检验 test {rows['test']:,} ({rows['test_bad']:,} 坏 bad)",
        f"输入 Inputs: {len(schema)} (数字 numbers {kinds['number']}, 类别 categories {kinds['category']})",
    ]
    if directed:
        out.append(f"方向 Directions: {', '.join(directed)}")
    if plan.inputs.left_out:
        gone = ", ".join(f"{name} ({why})" for name, why in plan.inputs.left_out.items())
        out.append(f"不作输入 No inputs: {gone}")
    return out
