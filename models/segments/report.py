"""How good a segmented model is segment by segment, beside the pooled model on the same rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from models.metrics import evaluate
from models.segments.correction import gain_of
from models.segments.rules import POOLED
from models.segments.segmented import SegmentedModel

SURE = 1.96
"""Standard errors to either side of a 95 % interval."""


def segment_report(
    model: SegmentedModel, frame: pd.DataFrame, bad: ArrayLike, *, seed: int = 0
) -> pd.DataFrame:
    """Figures of every segment on rows that nothing was fitted on.

    Returns
    -------
    DataFrame
        One row a segment that holds goods and bads, in the order of the rules, then ``pooled`` (rows without
        one) and ``all``: level, rows, bads; ``auc`` and ``calibration_slope`` with ``_low`` and ``_high`` of the
        segment's model and, with the prefix ``pooled_``, of the pooled one; ``observed`` over ``predicted``
        bads; ``gain``, by how much the segment's model lowers the mean log loss, with its 95 % interval.
    """
    y = np.asarray(bad, dtype=np.float64)
    names = model.segment(frame)
    ours, pooled = model.log_odds(frame), model.pooled.log_odds(frame)
    levels = {name: told["level"] for name, told in model.notes.get("segments", {}).items()}
    lines: list[dict[str, Any]] = []
    for name in [*(segment.name for segment in model.segments), POOLED, "all"]:
        rows = np.arange(len(y)) if name == "all" else np.flatnonzero(names == name)
        if not 0 < y[rows].sum() < len(rows):
            continue
        line: dict[str, Any] = {
            "segment": name,
            "level": levels.get(name, ""),
            "rows": len(rows),
            "bads": int(y[rows].sum()),
        }
        for prefix, log_odds in (("", ours), ("pooled_", pooled)):
            found = evaluate(y[rows], 1 / (1 + np.exp(-log_odds[rows])), seed=seed).as_dict()
            for figure in ("auc", "calibration_slope"):
                for end in ("", "_low", "_high"):
                    line[f"{prefix}{figure}{end}"] = found[figure + end]
            line[f"{prefix}observed_to_predicted"] = found["observed"] / found["predicted"]
        gain = gain_of(name, pooled[rows], ours[rows], y[rows], np.ones(len(rows)))
        line["gain"] = gain.gain
        line["gain_low"] = gain.gain - SURE * gain.error
        line["gain_high"] = gain.gain + SURE * gain.error
        lines.append(line)
    return pd.DataFrame(lines)


def known_shares(model: SegmentedModel, frame: pd.DataFrame) -> pd.DataFrame:
    """Share of rows with a value, by input (rows) and segment (columns): what a thin file still has."""
    names = model.segment(frame)
    inputs = [name for name in model.pooled.schema.names if name in frame.columns]
    return frame[inputs].notna().groupby(names).mean().T
