"""The trend section: months of a card, earlier loans around an enterprise, earlier scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from data_contracts.documents import (
    Bar,
    BarChart,
    Block,
    Heading,
    Paragraph,
    Table,
    Text,
    Value,
)
from serving.peers import YEARS, PeerGroup
from serving.records import Dossier, Record
from serving.reports.rules import arrears
from serving.reports.show import both, money

History = tuple[tuple[str, dict[str, Any]], ...]


def trend(dossier: Dossier, peers: tuple[PeerGroup, ...], history: History) -> Iterator[Block]:
    """Blocks of the trend section."""
    months = dossier.of("card_repayment")
    if months:
        yield from _card(dossier, months)
    if peers:
        yield from _around(peers)
    yield from _scores(history)


def _card(dossier: Dossier, months: tuple[Record, ...]) -> Iterator[Block]:
    account = dossier.latest("card_account")
    limit = account.values["credit_limit_cents"] if account else 0
    if limit:
        bars = tuple(
            Bar(
                record.event.isoformat()[:7],
                record.values["billed_cents"] / limit * 100,
                f"{record.values['billed_cents'] / limit:.0%}",
            )
            for record in months
        )
        yield BarChart(
            bars,
            title=Text("各月账单占授信额度", "Bill of each month as a share of the limit"),
            unit=Text("百分比", "per cent"),
        )
    rows: list[tuple[Value, ...]] = []
    for record in months:
        billed, paid = record.values["billed_cents"], record.values["paid_cents"]
        late = arrears(record)
        rows.append(
            (
                record.event.isoformat()[:7],
                Text(f"逾期 {late} 个月", f"{late} months late") if late else _status(record),
                money(billed, "TWD"),
                money(paid, "TWD"),
                f"{billed / limit:.0%}" if limit else None,
            )
        )
    yield Table(
        columns=(
            Text("月份", "Month"),
            Text("还款状态", "Status"),
            Text("账单金额", "Billed"),
            Text("还款金额", "Paid"),
            Text("额度使用率", "Utilisation"),
        ),
        rows=tuple(rows),
        caption=Text("月度还款与逾期", "Monthly repayment and arrears"),
        align=("left", "left", "right", "right", "right"),
    )


def _status(record: Record) -> Text:
    last = str(record.values["status_24"])[-1]
    known = {"N": Text("正常", "as agreed"), "*": Text("未使用", "not used")}
    return known.get(last, Text(f"状态 {last}", f"status {last}"))


def _around(peers: tuple[PeerGroup, ...]) -> Iterator[Block]:
    yield Heading(Text("同类贷款的历史", "How similar loans had gone"), level=2)
    yield BarChart(
        tuple(Bar(_named(p), p.rate * 100, f"{p.rate:.1%} ({p.loans:,})") for p in peers),
        title=Text(
            f"评分日前约 {YEARS} 年批准的贷款中已核销的比例（括号内为笔数）",
            f"Share charged off by the day, of loans approved in the {YEARS} years or so before it "
            "(number of loans in brackets)",
        ),
        unit=Text("百分比", "per cent"),
    )
    lender = next((p for p in peers if p.group.en == "Same lender"), None)
    if lender is not None:
        yield Table(
            columns=(
                Text("批准年份", "Year"),
                Text("笔数", "Loans"),
                Text("已核销", "Charged off"),
                Text("比例", "Share"),
            ),
            rows=tuple(
                (
                    str(y.year),
                    y.loans,
                    y.charged_off,
                    f"{y.charged_off / y.loans:.1%}" if y.loans else None,
                )
                for y in lender.by_year
            ),
            caption=Text(f"受理机构 {lender.name}", f"Lender {lender.name}"),
            align=("left", "right", "right", "right"),
        )
    yield Paragraph(
        Text(
            "仅统计评分日之前已知的记录；近年批准的贷款尚未经历全部期限，比例自然较低。",
            "Only records known by the day are counted; loans of recent years have run for less time, "
            "so their share is naturally lower.",
        ),
        small=True,
    )


def _named(peer: PeerGroup) -> Text:
    if not peer.name:
        return both(peer.group)
    return Text(f"{peer.group.zh} {peer.name}", f"{peer.group.en} {peer.name}")


def _scores(history: History) -> Iterator[Block]:
    yield Heading(Text("评分历史", "Score history"), level=2)
    yield Table(
        columns=(
            Text("评分时间 (UTC)", "Scored at (UTC)"),
            Text("评分日", "As of"),
            Text("评分", "Score"),
            Text("等级", "Grade"),
            Text("模型版本", "Model"),
        ),
        rows=tuple(
            (
                moment[:19].replace("T", " "),
                answer["as_of"],
                answer["score"],
                answer["grade"],
                f"{answer['model']['name']} v{answer['model']['version']}",
            )
            for moment, answer in history
        ),
        caption=Text(
            "本机构对该主体的评分", "Scores of this subject asked for by this institution"
        ),
        align=("left", "left", "right", "left", "left"),
    )
