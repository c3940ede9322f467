"""The parts of the acceptance report that show figures: months, fill rates, distributions."""

from __future__ import annotations

from data_contracts.acceptance.chart import alternative, paired_bars
from data_contracts.acceptance.distributions import Distribution
from data_contracts.acceptance.figures import Measured
from data_contracts.acceptance.settings import Thresholds
from data_contracts.documents import (
    Align,
    Bar,
    BarChart,
    Block,
    Heading,
    Image,
    Lang,
    Note,
    Paragraph,
    Table,
    Text,
    Value,
    shown,
)
from data_contracts.finance.borrower import Borrower
from data_contracts.finance.credit_month import ACCOUNT_STATES, BUSINESSES

_RIGHT: tuple[Align, ...] = ("right",)
SEGMENT_TITLES = {
    "B": Text("身份信息（B 段）", "Identity (segment B)"),
    "C": Text("职业信息（C 段）", "Occupation (segment C)"),
    "D": Text("居住信息（D 段）", "Residence (segment D)"),
}
_CODES = {"business": BUSINESSES, "account_status": ACCOUNT_STATES}
_STABILITY = {
    "stable": Text("稳定", "stable"),
    "watch": Text("关注", "watch"),
    "fail": Text("不通过", "fails"),
    "n/a": Text("n/a", "n/a"),
}


def month_blocks(m: Measured) -> tuple[Block, ...]:
    """Month by month: what came, what loaded, what is open, whether in time."""
    rows: list[tuple[Value, ...]] = []
    for f in m.by_month:
        if not f.present:
            absent = Text("未报送", "not reported")
            rows.append((f"{f.month:%Y-%m}", absent, *("—" for _ in range(7))))
            continue
        in_time = Text(f"迟 {f.late:,}", f"{f.late:,} late") if f.late else Text("及时", "in time")
        loaded = "—" if f.loaded is None else f"{f.loaded:.2%}"
        rows.append(
            (
                f"{f.month:%Y-%m}",
                f.accounts,
                f.new_accounts,
                f"{f.borrowers:,} / {f.guarantors:,}",
                f.quarantined,
                loaded,
                f.hits - f.waived,
                f.received_on,
                in_time,
            )
        )
    blocks: list[Block] = [
        Heading(Text("逐月情况", "Month by month")),
        Table(
            (Text("月份", "Month"), Text("账户", "Accounts"), Text("新开户", "New"),
             Text("借款人/担保人", "Borrowers / guarantors"), Text("隔离", "Thrown out"),
             Text("入库率", "Loaded"), Text("未豁免", "Open hits"), Text("末次收到", "Last received"),
             Text("及时", "In time")),
            tuple(rows), align=("left", *_RIGHT * 6, "left", "left"),
            widths=(1.15, 1.2, 0.95, 1.75, 0.95, 1.2, 1.0, 1.5, 1.1),
        ),
        Paragraph(
            Text("新开户：当月开户的自然人账户（填报率的分母）。隔离：未入库的行，不含 BI-04；"
                 "收到日期以首次报送为准，更正不算迟报。",
                 "New: accounts of natural persons opened in the month (what fill rates are counted over). "
                 "Thrown out: rows in quarantine, without BI-04; the first report of a record counts as its "
                 "receipt, a correction is not late."),
            small=True,
        ),
    ]  # fmt: skip
    by_rule: dict[str, int] = {}
    for batch in m.batches:
        for rule, count in batch.by_rule.items():
            by_rule[rule] = by_rule.get(rule, 0) + count
    if by_rule:
        blocks.append(
            Table(
                (Text("规则", "Rule"), Text("隔离行数", "Rows in quarantine")),
                tuple(sorted(by_rule.items())),
                caption=Text("隔离行（按规则）", "Quarantine by rule"),
                align=("left", "right"),
                widths=(4, 1),
            )
        )
    if m.unknown_batches:
        count = m.unknown_batches
        blocks.append(
            Note(Text(f"与其他机构同批报送的文件中另有 {count:,} 行被隔离，无法归属到机构，未计入本表。",
                      f"{count:,} more rows fell out of files that several institutions share; whose they are is not "
                      "known, and they are not counted here."))
        )  # fmt: skip
    return tuple(blocks)


def fill_blocks(m: Measured) -> tuple[Block, ...]:
    """BI-01: charts by segment, the collection rates beside them, the guarantors."""
    accounts = m.fills[0].total.accounts if m.fills else 0
    blocks: list[Block] = [
        Heading(Text("基本信息填报率（BI-01）", "Fill rates of the base information (BI-01)")),
        Paragraph(
            Text(f"各月新开自然人账户合计 {accounts:,} 个；每项为有真实值的账户占比。",
                 f"{accounts:,} accounts of natural persons were opened in the months; each bar is the share of them "
                 "with a real value.")
        ),
    ]  # fmt: skip
    if accounts:
        for segment, title in SEGMENT_TITLES.items():
            bars = tuple(
                Bar(
                    _title(f.item),
                    100 * (f.total.rate or 0.0),
                    _rate_text(f.total.rate, f.collected),
                )
                for f in m.fills
                if f.segment == segment
            )
            blocks.append(BarChart(bars, title, unit="%"))
        blocks.append(_by_month(m))
    else:
        blocks.append(
            Note(Text("没有新开户，填报率无定义，记 n/a（BI-05）。",
                      "No account was opened: the rates are undefined, n/a (BI-05)."))
        )  # fmt: skip
    if not m.collected:
        blocks.append(
            Note(Text("未提供机构自身的采集率，未作 BI-03 比较。",
                      "The institution's own collection rates were not given: BI-03 was not compared."))
        )  # fmt: skip
    blocks.append(
        Paragraph(
            Text(f"担保人：入库 {m.guarantors:,} 名，三项标识不全或为占位值的 "
                 f"{m.faulty_guarantors:,} 名（BI-04，严禁）。",
                 f"Guarantors: {m.guarantors:,} loaded, {m.faulty_guarantors:,} with incomplete or placeholder "
                 "identifiers (BI-04, forbidden).")
        )
    )  # fmt: skip
    return tuple(blocks)


def _title(item: str) -> Text:
    declared = Borrower.column(item).item
    return Text(declared.title_zh, declared.title_en)


def _rate_text(rate: float | None, collected: float | None) -> Value:
    told = "n/a" if rate is None else f"{rate:.1%}"
    if collected is None:
        return told
    return Text(f"{told}（采集 {collected:.1%}）", f"{told} (collected {collected:.1%})")


def _by_month(m: Measured) -> Table:
    """Items that are not filled everywhere, month by month."""
    months = [f.month for f in m.by_month if f.present]
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (_title(f.item), *(rate.shown for rate in f.months), f.total.shown)
        for f in m.fills
        if f.total.rate != 1
    )
    everywhere: tuple[Value, ...] = (
        Text("全部项目", "All items"), *(f.shown for f in m.fills[0].months), "100.0%",
    )  # fmt: skip
    return Table(
        (Text("项目", "Item"), *(f"{month:%Y-%m}" for month in months), Text("合计", "Total")),
        rows or (everywhere,),
        caption=Text("未全部填报的项目（逐月）", "Items not filled everywhere, by month")
        if rows
        else Text("各项均已填报（逐月）", "Every item is filled, by month"),
        align=("left", *_RIGHT * (len(months) + 1)),
        widths=(3.0, *(1.0 for _ in months), 1.0),
    )


def distribution_blocks(m: Measured, limits: Thresholds, lang: Lang) -> tuple[Block, ...]:
    """DI: both sides of each field, value by value."""
    head = Heading(
        Text("与业务系统的分布比对（DI）", "Distributions against the business system (DI)")
    )
    if m.distributions is None:
        return head, Note(
            Text("未提供自有分布表，未作比对。", "No own table was given: nothing was compared."),
            "warn",
        )
    blocks: list[Block] = [head, _overview(m.distributions)]
    blocks.append(
        Paragraph(
            Text(f"占比差超过 {limits.points:g} 个百分点的标以 !。日期和金额分组，每组含上限、不含下限；"
                 "除结清月份外均为最后一个验收月的账户记录。",
                 f"A difference above {limits.points:g} percentage points is marked !. Dates and amounts are "
                 "grouped, the upper end belonging to the group; all but the months of settlement are "
                 "account records of the last month."),
            small=True,
        )
    )  # fmt: skip
    for one in m.distributions:
        blocks += [Heading(one.field.title, level=2), _picture(one, lang)]
        if one.field.name in _CODES:
            used = [b.value for b in one.bins]
            titles = [(v, Text(*_CODES[one.field.name][v])) for v in used]
            blocks.append(
                Paragraph(
                    Text("；".join(f"{v} {t.zh}" for v, t in titles),
                         "; ".join(f"{v} {t.en}" for v, t in titles)),
                    small=True,
                )
            )  # fmt: skip
    if m.odd_dates or m.large_limits:
        large = sum(m.large_limits.values())
        blocks.append(
            Paragraph(
                Text(f"日期异常账户 {m.odd_dates:,} 个（DI-01）；授信额度偏大账户 {large:,} 个（DI-02）。",
                     f"{m.odd_dates:,} accounts have odd dates (DI-01), {large:,} a large limit (DI-02).")
            )
        )  # fmt: skip
    return tuple(blocks)


def _overview(found: tuple[Distribution, ...]) -> Table:
    rows: list[tuple[Value, ...]] = []
    for one in found:
        psi: Value = "n/a"
        if one.psi is not None:
            state = _STABILITY[one.stability]
            psi = Text(f"{one.psi:.3f} {state.zh}", f"{one.psi:.3f} {state.en}")
        largest = "—" if one.largest is None else f"{one.largest:.2f}"
        verdict = Text("有差异", "differs") if one.differs else Text("一致", "agrees")
        rows.append((one.field.rule, one.field.title, one.ours, one.theirs, largest, psi, verdict))
    return Table(
        (Text("规则", "Rule"), Text("字段", "Field"), Text("报文", "Messages"),
         Text("业务系统", "System"), Text("最大差 pp", "Largest diff., pp"), "PSI",
         Text("结论", "Verdict")),
        tuple(rows), align=("left", "left", "right", "right", "right", "left", "left"),
        widths=(1.1, 2.2, 1.2, 1.2, 1.5, 1.7, 1.2),
    )  # fmt: skip


def _picture(one: Distribution, lang: Lang) -> Image:
    caption = Text(
        f"{one.field.rule}：报文 {one.ours:,} 条，业务系统 {one.theirs:,} 条",
        f"{one.field.rule}: {one.ours:,} records in the messages, {one.theirs:,} in the business system",
    )
    return Image(paired_bars(one, lang), shown(alternative(one, lang), lang), caption)
