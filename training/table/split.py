"""Which rows are learned from, and on which the figures are taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.documents import Text
from models.bins import Floats
from training.errors import TrainingError
from training.table.remark import Remark
from training.table.request import HOLD_OUT, Request

Rows = NDArray[np.intp]
LEAST = 10
"""With fewer bads or goods on a side, figures mean little and a warning says so (ours)."""


@dataclass(frozen=True)
class Split:
    """Parts of the rows.

    Attributes
    ----------
    kind
        ``hold_out``, ``time``, ``folds`` or ``test``.
    title
        In words.
    parts
        For each fit the rows that it learns from and those that it is judged on.
    final
        Rows of the model that is kept: those of the only part, or all rows after folds.
    names
        Part of each row, for the file of predictions.
    cut
        The last day of the training rows of a split in time.
    remarks
        What is to be told of it.
    """

    kind: str
    title: Text
    parts: tuple[tuple[Rows, Rows], ...]
    final: Rows
    names: NDArray[Any]
    cut: str | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def judged(self) -> Rows:
        """All rows that figures are taken on."""
        return np.concatenate([test for _, test in self.parts])


def split_rows(
    request: Request, bad: Floats, time: pd.Series | None, ids: pd.Series | None, test: Any
) -> Split:
    """Split the rows as asked.

    Parameters
    ----------
    bad
        Labels, 0 or 1; shape (n,).
    time
        The column of --time.
    ids
        The column of --id: rows of one id stay together.
    test
        Whether each row is of the test file, or None.

    Raises
    ------
    TrainingError
        When a side lacks goods or bads, or a date can not be read.
    """
    if test is not None:
        learned, judged = np.flatnonzero(~test), np.flatnonzero(test)
        title = Text("另一文件作检验", "another file as the test")
        split = _two("test", title, learned, judged)
    elif time is not None:
        split = _in_time(request, time)
    else:
        groups = _groups(ids)
        split = _by_chance(request, bad, groups)
    for learned, judged in split.parts:
        for rows, en in ((learned, "training"), (judged, "test")):
            if not len(rows) or len(np.unique(bad[rows])) < 2:
                raise TrainingError(
                    f"The {en} rows of the split hold {int(bad[rows].sum())} bads and "
                    f"{int((1 - bad[rows]).sum())} goods of the label {request.label!r}; both are needed.",
                    "choose another split"
                    if split.kind in ("time", "test")
                    else "give more rows, or fewer folds",
                )
    least = min(min(bad[r].sum(), (1 - bad[r]).sum()) for r in (split.final, split.judged))
    if least < LEAST:
        few = Remark(
            "few_rows",
            "warning",
            f"较少的一类只有 {int(least)} 例，指标几乎没有意义，请看区间。",
            f"The rarer class has {int(least)} rows on one side; the figures mean little, see the intervals.",
            request.label,
            float(least),
        )
        split = Split(**{**split.__dict__, "remarks": (*split.remarks, few)})
    return split


def _two(
    kind: str, title: Text, learned: Rows, judged: Rows, cut: str | None = None, told: Any = ()
) -> Split:
    names = np.full(len(learned) + len(judged), "train", dtype=object)
    if len(judged):
        names[judged] = "test"
    return Split(kind, title, ((learned, judged),), learned, names, cut, tuple(told))


def _by_chance(request: Request, bad: Floats, groups: Any) -> Split:
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, train_test_split

    rows, zeros = np.arange(len(bad)), np.zeros(len(bad))
    rarer = int(min(bad.sum(), (1 - bad).sum()))
    if request.folds is not None:
        folds = request.folds
        if rarer < folds:
            raise TrainingError(
                f"The label {request.label!r} has {rarer} rows of the rarer class, too few for {folds} folds.",
                "give fewer folds",
            )
        chooser = StratifiedKFold if groups is None else StratifiedGroupKFold
        dealt = chooser(folds, shuffle=True, random_state=request.seed).split(zeros, bad, groups)
        parts = tuple((learned, judged) for learned, judged in dealt)
        names = np.empty(len(bad), dtype=object)
        for number, (_, judged) in enumerate(parts, start=1):
            names[judged] = f"fold {number}"
        title = Text(f"{folds} 折交叉检验", f"{folds}-fold cross-validation")
        return Split("folds", title, parts, rows, names)
    title = Text(f"随机分层留出 {HOLD_OUT:.0%}", f"a random, stratified hold-out of {HOLD_OUT:.0%}")
    if rarer < 2:
        raise TrainingError(
            f"The label {request.label!r} has {rarer} row of the rarer class; none is left to test on."
        )
    if groups is None:
        learned, judged = train_test_split(
            rows, test_size=HOLD_OUT, stratify=bad, random_state=request.seed
        )
        return _two("hold_out", title, np.sort(learned), np.sort(judged))
    tenths = min(10, max(2, rarer))
    dealt = StratifiedGroupKFold(tenths, shuffle=True, random_state=request.seed)
    sides = [judged for _, judged in dealt.split(zeros, bad, groups)]
    judged = np.sort(np.concatenate(sides[: max(1, round(tenths * HOLD_OUT))]))
    told = Remark(
        "same_id",
        "note",
        f"列 {request.id} 的同一编号出现多次，其各行划在同一侧。",
        f"Column {request.id} repeats; all rows of one id stay on one side of the split.",
        request.id or "",
    )
    return _two("hold_out", title, np.setdiff1d(rows, judged), judged, None, [told])


def _groups(ids: pd.Series | None) -> Any:
    """Code of each row's id, where ids repeat; a missing id is its own."""
    if ids is None:
        return None
    codes, found = pd.factorize(ids)
    alone = codes < 0
    codes[alone] = len(found) + np.arange(int(alone.sum()))
    return codes if len(np.unique(codes)) < len(codes) else None


# ---- in time ---------------------------------------------------------------------------------


def _in_time(request: Request, column: pd.Series) -> Split:
    name = request.time or ""
    days = as_days(name, column)
    if request.holdout_after is None:
        # The last share of the time; a whole day stays on one side.
        cut = np.sort(days)[max(0, int(len(days) * (1 - HOLD_OUT)) - 1)]
    else:
        cut = end_of(request.holdout_after)
    learned, judged = np.flatnonzero(days <= cut), np.flatnonzero(days > cut)
    day = str(cut.astype("datetime64[D]"))
    if not len(learned) or not len(judged):
        raise TrainingError(
            f"--holdout-after {day}: {len(learned):,} rows lie up to it and {len(judged):,} after; the times "
            f"of {name!r} run from {days.min().astype('datetime64[D]')} to "
            f"{days.max().astype('datetime64[D]')}.",
            "choose a date between them",
        )
    title = Text(
        f"时间外检验：{name} 至 {day} 训练，其后检验",
        f"out of time: {name} up to {day} to learn from, later rows as the test",
    )
    return _two("time", title, learned, judged, day)


def as_days(name: str, column: pd.Series) -> NDArray[np.datetime64]:
    """Read a column of dates, or of years, months (200701) or days (20070131) written as numbers.

    Raises
    ------
    TrainingError
        When it is none of these, or some are missing.
    """
    if column.dtype.kind == "M":
        return np.asarray(column.to_numpy(), dtype="datetime64[s]")
    if column.dtype.kind == "f":
        values = column.to_numpy()
        for low, high, form in (
            (1900, 2200, "%Y"),
            (190001, 220012, "%Y%m"),
            (19000101, 22001231, "%Y%m%d"),
        ):
            if ((values >= low) & (values <= high) & (values % 1 == 0)).all():
                texts = pd.Series(values.astype(np.int64).astype(str))
                read = pd.to_datetime(texts, format=form, errors="coerce")
                if not read.isna().any():
                    return np.asarray(read.to_numpy(), dtype="datetime64[s]")
    raise TrainingError(
        f"--time: column {name!r} holds no dates.",
        "dates such as 2007-01-31, or years, 200701 or 20070131 as numbers",
    )


def end_of(text: str) -> Any:
    """Last second of the day, month or year that a text names.

    >>> str(end_of("2007-02")), str(end_of("2007"))
    ('2007-02-28T23:59:59', '2007-12-31T23:59:59')

    Raises
    ------
    TrainingError
        When it names none.
    """
    bare = text.strip()
    if re.fullmatch(r"\d{6}|\d{8}", bare):
        bare = "-".join(filter(None, (bare[:4], bare[4:6], bare[6:])))
    form = re.fullmatch(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?)?[月年]?", bare)
    try:
        if form is None:
            raise ValueError
        year, month, day = form.groups()
        # numpy reads "2007" as a year and "2007-02" as a month; one more is the one after it.
        return last_second("-".join(p.zfill(2) for p in (year, month, day) if p))
    except ValueError:
        raise TrainingError(
            f"--holdout-after: {text!r} is no date.", "such as 2007-01-31, 2007-01 or 2007"
        ) from None


def last_second(start: str) -> Any:
    """Last second of a year, month or day; numpy takes "2007" for a year and "2007-02" for a month."""
    after = np.datetime64(start) + 1
    return after.astype("datetime64[s]") - np.timedelta64(1, "s")
