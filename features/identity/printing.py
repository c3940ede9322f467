"""What the commands print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from features.identity.applications import Placed
    from features.identity.link import Linked
    from features.identity.lookup import Answer
    from features.identity.measure import Band


def print_linked(console: Console, found: Linked, waiting: int) -> None:
    """Count what was linked, by kind."""
    from features.identity.codes import scheme
    from features.identity.report import HOW

    held = [c for c in found.links if c.since <= found.as_of < c.until]
    table = Table(title=f"身份关联 Links as of {found.as_of}", title_justify="left")
    for title in ("依据 by", "原编号 from", "归一至 to"):
        table.add_column(title)
    table.add_column("主体 subjects", justify="right")
    counted = Counter((c.how, scheme(c.subject), scheme(c.target)) for c in held)
    for (how, one, other), count in sorted(counted.items(), key=lambda item: -item[1]):
        table.add_row(HOW[how], one, other, f"{count:,}")
    console.print(table)
    console.print(f"待核 To be reviewed: {waiting:,}", highlight=False)


def print_report(console: Console, counted: Sequence[tuple[str, str, int]], day: date) -> None:
    """Numbers of subjects by score and kind."""
    table = Table(title=f"匹配情况 Matches as of {day}", title_justify="left")
    table.add_column("分值 score")
    table.add_column("依据 by")
    table.add_column("主体 subjects", justify="right")
    for score, how, count in counted:
        table.add_row(score, how, f"{count:,}")
    console.print(table)


def print_answers(console: Console, text: str, day: date, found: Sequence[Answer]) -> None:
    """Enterprises that a code or name may be, the best first."""
    from features.identity.report import HOW

    if not found:
        console.print(f"没有匹配 No match for {text} on {day}.", markup=False, highlight=False)
        return
    table = Table(title=f"查询 Lookup as of {day}", title_justify="left")
    for title in ("企业 enterprise", "名称 name", "依据 by", "状态 state"):
        table.add_column(title, overflow="fold")
    table.add_column("分值 score", justify="right")
    for one in found:
        state = "已关联 linked" if one.linked else "待核 to be reviewed"
        table.add_row(one.target, one.name, HOW.get(one.how, one.how), state, f"{one.score:.3f}")
    console.print(table)


def print_needs(console: Console, placed: Sequence[Placed], day: date, window: int) -> None:
    """How many applications are how many needs, and who repeated."""
    from features.identity.applications import KINDS, repeats

    table = Table(
        title=f"重复申请 Repeated applications as of {day}, {window} days", title_justify="left"
    )
    table.add_column("申请 applications")
    table.add_column("件数 number", justify="right")
    counted = Counter(one.kind for one in placed)
    for kind, (zh, en) in KINDS.items():
        table.add_row(f"{zh} {en}", f"{counted[kind]:,}")
    console.print(table)
    for one in repeats(placed)[:10]:
        f = one.filed
        console.print(
            f"{f.number} → {one.need}  {f.subject}  {f.applied_on}", markup=False, highlight=False
        )


def print_bands(console: Console, found: Sequence[Band], total: int) -> None:
    """Precision of each score band and recall down to it."""
    table = Table(
        title=f"查准与查全 Precision and recall ({total:,} true pairs)", title_justify="left"
    )
    for title in (
        "分值 from score",
        "提出 proposed",
        "正确 right",
        "查准 precision",
        "查全 recall",
    ):
        table.add_column(title, justify="right")
    for band in found:
        shown = [_share(band.precision) if band.proposed else "", _share(band.recall)]
        table.add_row(f"{band.low:.2f}", f"{band.proposed:,}", f"{band.right:,}", *shown)
    console.print(table)


def _share(told: tuple[float, float, float]) -> str:
    value, low, high = told
    return f"{value:.4f} ({low:.4f}–{high:.4f})"
