"""The table of the real records: one row for each set, group and kind of model; as JSON, pages and on a terminal."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table as Lines

from data_contracts.documents import (
    Align,
    Block,
    Document,
    Heading,
    Lang,
    Paragraph,
    Table,
    Text,
    render_html,
)
from data_contracts.workspace import Workspace
from training.errors import TrainingError
from training.real import records
from training.real.judge import KINDS, Kind, Won, auc_figure, lead_figure, shares_won

Progress = Callable[[str, int, int], None]

REPEATS = {"invoices": 10, "exits": 2, "sba": 1, "cards": 1}
"""Sets in their order, and how often their folds are dealt: the fewer subjects, the more often. Ours."""

_KINDS = {
    "logistic": Text("逻辑回归", "Logistic regression"),
    "glassbox": Text("玻璃箱", "Glass box"),
    "lightgbm": Text("LightGBM", "LightGBM"),
}
_GROUPS = {records.ALL: Text("全部", "All"), records.WITH: Text("有记录者", "With records")}
_TITLE = Text("真实数据上的特征", "Features on real records")
_HOW = Text(
    "特征与其他视图用同一定义，按各数据集的日期计算；结果只从标签表读取，不进入数据湖。每个主体由未见过它的模型排序，"
    "AUC 为各测试部分内比较胜率的均值；95% 区间取抽样（DeLong）与学习（Nadeau-Bengio）两种偶然中较大者。"
    "“差”为与逻辑回归之差。",
    "Features are those of the other views, as of the day of each set; outcomes are read from the table of labels "
    "alone and never enter the lake. Every subject is ranked by models that never saw it; the AUC is the mean share "
    "of comparisons won within the test parts. 95 % intervals hold the larger of two chances: whom the sample holds "
    "(DeLong) and what was learned from (Nadeau-Bengio). Lead: AUC less that of the logistic regression.",
)
_COLUMNS = (
    Text("范围", "Group"),
    Text("模型", "Model"),
    Text("主体", "Subjects"),
    Text("正例", "Positives"),
    Text("特征", "Features"),
    Text("AUC [95%]", "AUC [95 %]"),
    Text("差 [95%]", "Lead [95 %]"),
    Text("重复", "Repeats"),
)
_ALIGN: tuple[Align, ...] = ("left",) * 2 + ("right",) * 6


@dataclass(frozen=True)
class Row:
    """One model on one group of one set; figures of the lead are None for the logistic regression."""

    set: str
    title_zh: str
    title_en: str
    group: str
    kind: str
    records: int
    subjects: int
    positives: int
    features: list[str]
    auc: float
    low: float
    high: float
    lead: float | None
    lead_low: float | None
    lead_high: float | None
    repeats: int
    remark_zh: str
    remark_en: str


def judge_real(
    data: Path | None,
    only: Sequence[str] = (),
    *,
    repeats: int | None = None,
    kinds: Sequence[Kind] = KINDS,
    progress: Progress | None = None,
) -> list[Row]:
    """Take the sets of real records in, each into a lake of its own that is thrown away, and judge the features.

    Parameters
    ----------
    data : Path or None
        Folder of the public data sets; sba and cards are shipped and need none.
    only : sequence of str
        Names of :data:`REPEATS`; all if empty.
    repeats : int, optional
        Folds are dealt at most so often.
    kinds : sequence of {"logistic", "glassbox", "lightgbm"}
        Models that are fitted.
    progress : callable(step, done, total), optional

    Returns
    -------
    list of Row

    Raises
    ------
    TrainingError
        For an unknown set, an absent folder, a table of labels that is not as published, or features that
        are the same for everybody.
    """
    unknown = [name for name in only if name not in REPEATS]
    if unknown:
        raise TrainingError(
            f"There is no set {', '.join(map(repr, unknown))}.",
            f"choose among {', '.join(REPEATS)}",
        )
    if repeats is not None and repeats < 1:
        raise TrainingError(f"repeats is {repeats}; it must be at least 1.")
    rows: list[Row] = []
    for name in only or REPEATS:
        with tempfile.TemporaryDirectory(prefix="xinqiao-real-") as folder:
            times = min(REPEATS[name], repeats or REPEATS[name])
            found = _found(name, data, Workspace(Path(folder)), times, progress)
            rows += _judged(found, kinds, progress)
    return rows


def _found(
    name: str, data: Path | None, workspace: Workspace, repeats: int, progress: Progress | None
) -> records.RealSet:
    if name in ("sba", "cards"):
        return records.portfolio(name, workspace, repeats, progress)
    if data is None or not data.is_dir():
        what = "no folder was named" if data is None else f"{data} is no folder"
        raise TrainingError(
            f"The set {name} is not shipped, and {what}.",
            "name the folder that holds the public data sets with --data or XINQIAO_DATA",
        )
    workspace.create()
    make = records.invoices if name == "invoices" else records.exits
    return make(data, workspace, repeats, progress)


def _judged(found: records.RealSet, kinds: Sequence[Kind], progress: Progress | None) -> list[Row]:
    if not found.specs:
        raise TrainingError(
            f"The features of {found.name} are the same for every subject.",
            "look at what was quarantined: xinqiao contracts intake --dry-run",
        )

    def tell(step: str, done: int, total: int) -> None:
        if progress:
            progress(f"{found.name} {step}", done, total)

    won = {
        kind: shares_won(
            kind,
            found.frame,
            found.bad,
            found.specs,
            found.splits,
            groups=found.groups,
            always=found.always,
            most=found.most,
            progress=tell,
        )
        for kind in kinds
    }
    return [
        _row(found, group, kind, won[kind][group], won.get("logistic", {}).get(group))
        for group in found.groups
        for kind in kinds
    ]


def _row(found: records.RealSet, group: str, kind: Kind, won: Won, plain: Won | None) -> Row:
    auc = auc_figure(found.bad, won)
    beside = None if kind == "logistic" or plain is None else plain
    lead = None if beside is None else lead_figure(found.bad, won, beside)
    compared = ~np.isnan(won.shares)  # not those outside the group, or of no test part
    return Row(
        set=found.name,
        title_zh=found.title.zh,
        title_en=found.title.en,
        group=group,
        kind=kind,
        records=found.records,
        subjects=int(compared.sum()),
        positives=int(found.bad[compared].sum()),
        features=[str(spec["name"]) for spec in found.specs],
        auc=auc.value,
        low=auc.low,
        high=auc.high,
        lead=lead.value if lead else None,
        lead_low=lead.low if lead else None,
        lead_high=lead.high if lead else None,
        repeats=found.repeats,
        remark_zh=found.remark.zh,
        remark_en=found.remark.en,
    )


def write_report(rows: Sequence[Row], folder: Path) -> list[Path]:
    """Write ``real.json``, ``real.zh.html`` and ``real.en.html``.

    Raises
    ------
    TrainingError
        When the folder can not be written.
    """
    languages: tuple[Lang, ...] = ("zh", "en")
    document = real_document(rows)
    texts = {folder / f"real.{lang}.html": render_html(document, lang) for lang in languages}
    told = json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in {folder / "real.json": told, **texts}.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise TrainingError(
            f"cannot write to {folder}: {error.strerror}.", "choose another folder with --out"
        ) from error
    return [folder / "real.json", *texts]


def real_document(rows: Sequence[Row]) -> Document:
    """The page: for each set its rows, its features and what they allow to say."""
    blocks: list[Block] = [Paragraph(_HOW)]
    for name in dict.fromkeys(row.set for row in rows):
        mine = [row for row in rows if row.set == name]
        first = mine[0]
        blocks += [
            Heading(Text(first.title_zh, first.title_en)),
            Table(_COLUMNS, tuple(_cells(row) for row in mine), align=_ALIGN),
            Paragraph(Text(first.remark_zh, first.remark_en)),
            Paragraph(
                Text(
                    f"{first.records:,} 条记录；特征：{'、'.join(first.features)}。",
                    f"{first.records:,} records; features: {', '.join(first.features)}.",
                )
            ),
        ]
    return Document(_TITLE, blocks=tuple(blocks))


def real_table(rows: Sequence[Row]) -> Lines:
    """The rows for a terminal of 80 columns; remarks stand apart, see :func:`remarks`."""
    lines = Lines(
        title="真实数据 Real records", title_justify="left", box=None, padding=(0, 1, 0, 0)
    )
    for head in ("数据\nset", "范围\ngroup", "模型\nmodel"):
        lines.add_column(head, no_wrap=True)
    for head in ("主体\nsubjects", "正例\nbads", "特征\ninputs", "AUC [95 %]", "重复\nrepeats"):
        lines.add_column(head, justify="right", no_wrap=True)
    for row in rows:
        auc, low, high = (f"{x:.3f}".removeprefix("0") for x in (row.auc, row.low, row.high))
        lines.add_row(
            row.set,
            row.group,
            row.kind,
            f"{row.subjects:,}",
            f"{row.positives:,}",
            str(len(row.features)),
            f"{auc} [{low}, {high}]",
            str(row.repeats),
        )
    return lines


def remarks(rows: Sequence[Row]) -> list[str]:
    """What each set allows to say, once a set, in both languages."""
    return list(dict.fromkeys(f"{row.set}: {row.remark_zh}\n{row.remark_en}" for row in rows))


def _cells(row: Row) -> tuple[Any, ...]:
    lead = (
        "—" if row.lead is None else f"{row.lead:+.3f} [{row.lead_low:+.3f}, {row.lead_high:+.3f}]"
    )
    return (
        _GROUPS[row.group],
        _KINDS[row.kind],
        row.subjects,
        row.positives,
        len(row.features),
        f"{row.auc:.3f} [{row.low:.3f}, {row.high:.3f}]",
        lead,
        row.repeats,
    )
