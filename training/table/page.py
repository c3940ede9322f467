"""The one page of a comparison: Chinese first, English beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data_contracts.documents import (
    Align,
    Block,
    Bullets,
    Document,
    Heading,
    Image,
    KeyValues,
    Note,
    Paragraph,
    Table,
    Text,
    render_html,
)
from training.table.compare import Comparison
from training.table.remark import Remark, shortened

if TYPE_CHECKING:
    from training.table.run import Plan

TITLES = {
    "glassbox": "玻璃箱 glass box",
    "scorecard": "评分卡 scorecard",
    "logistic": "逻辑回归 logistic",
    "tree": "决策树 tree",
    "mlp": "神经网络 MLP",
    "lightgbm": "LightGBM",
    "ebm": "EBM",
}
MOST_INPUTS = 200
_ALIGN: tuple[Align, ...] = ("left", *(("right",) * 7))
_PICTURES = {
    "all": (
        "同一检验行上：ROC 曲线、好坏客户的累计分布、预测与实际违约率（十等分）、AUC 区间",
        "On the same test rows: ROC curves, distributions of goods and bads, predicted and observed bad rate "
        "(tenths), AUC with intervals",
    ),
    "shap": (
        "LightGBM 最倚重的输入（TreeSHAP）",
        "Inputs that LightGBM leans on most (TreeSHAP)",
    ),
    "shapes": (
        "最重要的表（全部在 plots/tables）：分值越高越安全；灰色为各段占比",
        "The tables that matter most (all are in plots/tables): more points are safer; grey is the share of rows",
    ),
}


def both(zh: str, en: str, line: bool = False) -> str:
    """Chinese, then English, side by side or on a line of its own."""
    return f"{zh}\n{en}" if line else f"{zh} {en}"


def write_page(plan: Plan, comparison: Comparison, pictures: dict[str, Path], path: Path) -> None:
    """Write the page as one self-contained HTML file."""
    path.write_text(render_html(document(plan, comparison, pictures), "zh"), encoding="utf-8")


def document(plan: Plan, comparison: Comparison, pictures: dict[str, Path]) -> Document:
    """The page as blocks."""
    rows = plan.split.judged
    best = comparison.best
    figures = comparison.fitted[best].figures
    meta = (
        (both("表", "Table"), plan.table.path.name),
        (both("标签", "Label"), f"{plan.request.label} (坏 bad = {plan.label.bad_value})"),
        (
            both("行数", "Rows"),
            f"{len(plan.bad):,}，坏 bad {int(plan.bad.sum()):,} ({plan.bad.mean():.2%})",
        ),
        (both("检验行", "Test rows"), f"{len(rows):,}，坏 bad {int(plan.bad[rows].sum()):,}"),
        (both("输入", "Inputs"), f"{len(plan.inputs.schema):,}"),
        (both("种子", "Seed"), str(plan.request.seed)),
    )
    blocks: list[Block] = [
        Paragraph(
            both(
                f"划分：{plan.split.title.zh}。所有模型用同一划分；检验行只看一次，任何选择都在训练行内完成。",
                f"Split: {plan.split.title.en}. All models share it; the test rows are looked at once, and "
                "whatever is chosen is chosen inside the training rows.",
                line=True,
            )
        ),
        *_suspicious(plan.suspicious),
        Heading(both("各模型对比", "Models side by side")),
        _models(comparison),
        Paragraph(
            both(
                f"AUC 最高：{TITLES[best]} {figures['auc']:.3f}。方括号为 95% 自助法区间；区间重叠较多时，"
                "差异不足为凭。校准斜率 1 为准，小于 1 为预测过于极端。",
                f"Largest AUC: {TITLES[best]}. Brackets are 95 % bootstrap intervals; where they overlap "
                "widely, a difference proves little. A calibration slope of 1 is right, below 1 the "
                "predictions are too extreme.",
                line=True,
            ),
            small=True,
        ),
        *_warnings([*plan.warnings, *comparison.remarks]),
        Heading(both("区分度与校准", "Discrimination and calibration")),
        _image("all", pictures["all"]),
    ]
    if "shapes" in pictures:
        title = both("各输入如何影响评分", "How each input moves the score")
        blocks += [Heading(title), _image("shapes", pictures["shapes"])]
    if "shap" in pictures:
        title = both("黑箱倚重什么", "What the black box leans on")
        blocks += [Heading(title), _image("shap", pictures["shap"])]
    blocks += [*_columns(plan), *_notes(plan.notes)]
    return Document(
        title=Text("模型对比 Model comparison", "Model comparison"),
        subtitle=plan.table.path.name,
        blocks=tuple(blocks),
        meta=meta,
        footer=both(
            "分数刻度与阈值为本项目自定。",
            "The scale of points and all thresholds are the project's own.",
        ),
    )


def _models(comparison: Comparison) -> Table:
    ranked = sorted(comparison.fitted.values(), key=lambda f: -(f.figures["auc"] or 0.0))
    cells = []
    for fitted in ranked:
        f = fitted.figures
        cells.append(
            (
                TITLES[fitted.kind],
                f"{_number(f['auc'])} [{_number(f['auc_low'])}, {_number(f['auc_high'])}]",
                _number(f["ks"]),
                _number(f["h_measure"]),
                _number(f["brier"], 4),
                _number(f["log_loss"], 4),
                _number(f["calibration_slope"], 2),
                _number(f["fit_seconds"], 1),
            )
        )
    titles = (
        both("模型", "Model"),
        "AUC [95%]",
        "KS",
        "H",
        "Brier",
        both("对数损失", "log loss", line=True),
        both("校准斜率", "slope", line=True),
        both("秒", "seconds", line=True),
    )
    return Table(titles, tuple(cells), align=_ALIGN, row_headers=True)


def _number(value: float | None, digits: int = 3) -> str:
    return "—" if value is None else f"{value:.{digits}f}"


def _suspicious(remarks: list[Remark]) -> list[Block]:
    if not remarks:
        return []
    text = "\n".join(both(t.zh, t.en, line=True) for t in shortened(remarks, 10))
    return [Note(text, "bad", both("疑似泄漏", "Suspicious leakage"))]


def _warnings(remarks: list[Remark]) -> list[Block]:
    if not remarks:
        return []
    text = "\n".join(both(t.zh, t.en, line=True) for t in shortened(remarks))
    return [Note(text, "warn", both("提示", "Warnings"))]


def _notes(remarks: list[Remark]) -> list[Block]:
    if not remarks:
        return []
    points = tuple(both(t.zh, t.en, line=True) for t in shortened(remarks))
    return [Heading(both("读取说明", "How columns were read")), Bullets(points)]


def _image(name: str, path: Path) -> Image:
    zh, en = _PICTURES[name]
    return Image(path.read_bytes(), both(zh, en), both(zh, en), 0.75 if name == "shap" else 1.0)


def _columns(plan: Plan) -> list[Block]:
    fields = list(plan.inputs.schema)[:MOST_INPUTS]
    arrows = {1: both("升则险", "up is riskier"), -1: both("升则安", "up is safer"), 0: "—"}
    kinds = {"number": both("数字", "number"), "category": both("类别", "category")}
    frame = plan.inputs.frame
    cells = tuple(
        (
            f.name,
            kinds[f.kind],
            f"{frame[f.name].isna().mean():.1%}",
            arrows[f.direction],
            ", ".join(f"{code:g}" for code in f.special) or "—",
        )
        for f in fields
    )
    titles = (
        both("列", "Column"),
        both("类型", "Kind"),
        both("缺失", "Missing"),
        both("方向", "Direction"),
        both("特殊代码", "Special codes"),
    )
    out: list[Block] = [
        Heading(both("输入", "Inputs")),
        Table(titles, cells, align=("left", "left", "right", "left", "left"), row_headers=True),
    ]
    if len(plan.inputs.schema) > MOST_INPUTS:
        rest = len(plan.inputs.schema) - MOST_INPUTS
        out.append(Paragraph(both(f"其余 {rest:,} 列略。", f"{rest:,} more columns."), small=True))
    if plan.inputs.left_out:
        items = tuple(list(plan.inputs.left_out.items())[:MOST_INPUTS])
        out += [Heading(both("不作输入的列", "Columns that are no inputs"), 2), KeyValues(items)]
    return out
