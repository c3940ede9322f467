"""A subject's group as a tree: who, why, with what exposure, and which notices stand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.intake.lake import Lake
from features.relations.exposure import exposure, group_table
from features.relations.groups import KINDS, Kind, Network
from features.relations.history import History
from features.relations.links import label, links, names, ways
from features.relations.risk import defaulted

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.table import Table
    from rich.tree import Tree

EPOCH = date(1970, 1, 1)
MOST = 60
"""Members that are drawn; the rest is counted."""


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def group_tree(
    lake: Lake, history: History, network: Network, subject: str, day: date, kind: Kind = "risk"
) -> Tree:
    """Draw the group of a subject on a day.

    Raises
    ------
    FeaturesError
        When no record names the subject.
    """
    from rich.text import Text
    from rich.tree import Tree

    code, number = history.code(subject), day_number(day)
    group = network.labels[kind]
    members = np.flatnonzero(group == group[code])
    row = group_table(history, network, number, kind, least=1)
    head = str(history.ids[int(group[code])].as_py())
    mine = row[row["group_id"] == head].iloc[0]
    amounts, marks = exposure(history, network, number), defaulted(history, number)
    reached = ways(code, links(history, network, members, kind))
    shown = list(reached)[:MOST]
    named = names(lake, day, [str(history.ids[c].as_py()) for c in shown])
    zh, en = KINDS[kind]
    tree = Tree(
        Text(
            f"{zh} {en} {head} · {day}\n"
            f"成员 members {mine['members']}（企业 firms {mine['firms']}）"
            f" · 余额 balance {_wan(mine['balance_cents'])}"
            f" · 授信额度 limit {_wan(mine['limit_cents'])}"
            f" · 对外担保 guarantees given {_wan(mine['guaranteed_out_cents'])}",
            style="bold",
        )
    )
    if mine["high_risk"]:
        tree.add(
            Text(f"高风险集团（已批准） high risk, approved: {'、'.join(mine['notices'])}", "red")
        )
    if mine["pending_notices"]:
        told = "、".join(mine["pending_notices"])
        tree.add(Text(f"未经批准的提示，不计 not approved, does not count: {told}", "yellow"))
    branches: dict[int, Tree] = {}
    for member in shown:
        way = reached[member]
        text = Text(label(history, member, named))
        text.append(f"  {_wan(int(amounts.balance[member]))}", "cyan")
        if marks[member]:
            text.append("  违约 defaulted", "red")
        if network.circle[member] >= 0:
            text.append("  担保圈 circle", "magenta")
        if way is None:
            branches[member] = tree.add(text)
            continue
        before, link = way
        arrow = "→" if link.left == before else "←"
        branches[member] = branches[before].add(Text(f"{arrow} {link.zh} {link.en}  ") + text)
    if len(reached) > len(shown):
        tree.add(Text(f"另有 {len(reached) - len(shown)} 个成员 more members", "dim"))
    return tree


def feature_table(lake: Lake, subject: str, day: date, aliases: pa.Table | None = None) -> Table:
    """Features of a subject's group on a day, with what each may be used for."""
    import pandas as pd
    from rich.table import Table

    from features.relations.declared import GROUP_FEATURES
    from features.relations.group_columns import group_features
    from features.view import UNITS

    spine = pd.DataFrame({"subject_id": [subject], "as_of": [pd.Timestamp(day)]})
    values = group_features(lake, spine, aliases=aliases).iloc[0]
    table = Table(title=f"特征 Features {subject} · {day}", title_justify="left")
    for title in ("特征 feature", "值 value", "单位 unit", "用途 uses"):
        table.add_column(title, overflow="fold")
    for one in GROUP_FEATURES:
        value = values[one.name]
        shown = f"— {one.null_zh} {one.null_en}" if pd.isna(value) else f"{value:,.4g}"
        if one.unit == "CNY" and not pd.isna(value):
            shown = f"{value:,.2f}"
        unit = " ".join(UNITS[one.unit])
        table.add_row(f"{one.title_zh} {one.title_en}", shown, unit, ", ".join(one.uses))
    return table


def _wan(cents: int) -> str:
    return f"{int(cents) / 1_000_000:,.2f} 万元"
