"""The scorecard as analysts read it: a table of bins with counts, evidence and points, and a page of it."""

from __future__ import annotations

from html import escape

import numpy as np
import pandas as pd

from models.bins import CategoryBins
from models.errors import ModelsError
from models.scorer import AdditiveModel

COLUMNS = (
    "feature", "title", "bin", "share", "goods", "bads", "bad_rate", "woe", "iv", "points",
)  # fmt: skip


def scorecard_table(model: AdditiveModel) -> pd.DataFrame:
    """Give one row a bin of each single table; levels of a category that share evidence share a row.

    Parameters
    ----------
    model
        Of `fit_scorecard`, rounded to whole points or not.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`: share of the training rows, weighted goods and bads, share of bads (not a number in
        an empty bin), weight of evidence (positive is safer), information value, and the score points that the
        bin adds to the base (``frame.attrs["base"]``). Pairs are not in it: see ``model.tables``.

    Raises
    ------
    ModelsError
        When the model is not a scorecard, whose notes tell the counts.
    """
    counted = model.notes.get("bins")
    if model.kind != "scorecard" or not isinstance(counted, dict):
        raise ModelsError("A table of evidence can be written of a scorecard only.")
    lines = []
    for table in (table for table in model.tables if not table.is_pair):
        name = table.features[0]
        own = {key: np.asarray(values) for key, values in counted[name].items()}
        merged = isinstance(table.axes[0], CategoryBins)
        groups = own["groups"].tolist() if merged else list(range(table.axes[0].size))
        total = own["goods"].sum(), own["bads"].sum()
        for group in dict.fromkeys(groups):
            at = [i for i, one in enumerate(groups) if one == group]
            goods, bads = own["goods"][at].sum(), own["bads"][at].sum()
            woe = float(own["woe"][at[0]])
            value = (goods / total[0] - bads / total[1]) * woe
            lines.append(
                {
                    "feature": name,
                    "title": model.schema[name].label,
                    "bin": ", ".join(table.axes[0].labels[i] for i in at),
                    "share": (goods + bads) / sum(total),
                    "goods": goods,
                    "bads": bads,
                    "bad_rate": bads / (goods + bads) if goods + bads else np.nan,
                    "woe": woe,
                    "iv": value,
                    "points": float(-model.scale.factor * table.values[at[0]]),
                }
            )
    frame = pd.DataFrame(lines, columns=list(COLUMNS))
    frame.attrs["base"] = model.scale.margin(model.intercept)
    return frame


def scorecard_html(model: AdditiveModel) -> str:
    """Write the table as one HTML page in Chinese and English, with a bar for the points of each bin."""
    table = scorecard_table(model)
    widest = max(float(table["points"].abs().max()), 1e-9)
    parts = [
        "<!doctype html><html lang='zh'><meta charset='utf-8'><title>评分卡 Scorecard</title>",
        f"<style>{_STYLE}</style><h1>评分卡 <small>Scorecard</small></h1>",
        f"<p>基础分 Base: {table.attrs['base']:.1f} · 样本 Rows: {model.notes['rows']:,} · "
        f"坏样本 Bads: {model.notes['bads']:,} · 翻倍分值 PDO: {model.scale.points_to_double:g}</p>",
    ]
    for warning in model.notes.get("warnings", []):
        parts.append(f"<p class='warning'>{escape(warning)}</p>")
    for name, rows in table.groupby("feature", sort=False):
        field = model.schema[str(name)]
        titles = " ".join(dict.fromkeys(t for t in (field.title_zh, field.title_en) if t))
        parts.append(
            f"<h2>{escape(titles or field.name)} <code>{escape(field.name)}</code> "
            f"<small>IV {rows['iv'].sum():.3f}</small></h2><table><tr>"
            + "".join(f"<th>{zh}<br><small>{en}</small></th>" for zh, en in _HEADS)
            + "</tr>"
        )
        for row in rows.itertuples():
            side = "good" if row.points >= 0 else "bad"
            rate = "–" if np.isnan(row.bad_rate) else f"{row.bad_rate:.2%}"
            parts.append(
                f"<tr><td>{escape(str(row.bin))}</td><td>{row.share:.1%}</td><td>{rate}</td>"
                f"<td>{row.woe:+.3f}</td><td>{row.iv:.4f}</td><td>{row.points:+.1f}</td><td class='bar'>"
                f"<i class='{side}' style='width:{100 * abs(row.points) / widest:.0f}px'></i></td></tr>"
            )
        parts.append("</table>")
    return "\n".join(parts) + "\n</html>\n"


_HEADS = (
    ("分箱", "bin"), ("占比", "share"), ("坏样本率", "bad rate"), ("证据权重", "WOE"),
    ("信息值", "IV"), ("分值", "points"), ("", ""),
)  # fmt: skip

_STYLE = """
body { font: 15px/1.5 system-ui, 'Noto Sans SC', sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid #ddd; }
td:first-child, th:first-child { text-align: left; }
small { color: #555; font-weight: normal; }
td.bar { text-align: left; width: 110px; }
i { display: inline-block; height: .8em; }
i.good { background: #2b7a4b; } i.bad { background: #b3412e; }
p.warning { border-left: 4px solid #b3412e; padding-left: .6rem; }
"""
