"""XM: what the records of one account say of each other from month to month."""

from __future__ import annotations

from data_contracts.rules.rule import Rule

OLD = "NNN*NNNN12NNNNNNNNN123NN"


def _two(previous: str, current: str, months: int = 1) -> tuple[dict[str, object], ...]:
    """Two records of one account, the second ``months`` later and in the batch."""
    year, month = divmod(2023 * 12 + months, 12)
    return (
        {"status_24": previous, "bill_on": "2023-01-20", "_new": False},
        {"status_24": current, "bill_on": f"{year}-{month + 1:02d}-20", "_new": True},
    )


CONTINUITY: tuple[Rule, ...] = (
    Rule(
        "XM-01",
        kind="cross-record",
        severity="REVIEW",
        source="S4",
        text_zh=(
            "与前次上报相隔 g 个月(1 至 23)的，前次状态的第 1+g 至 24 位须等于本次的第 1 至 24-g 位；"
            "补报或更正较早月份的，库中其后一次的状态也须与之衔接"
        ),
        text_en=(
            "g months (1 to 23) after the record before, its positions 1+g to 24 are positions 1 to 24-g now; a "
            "month that comes, or comes again, after a later one is carried on by that later one in the same way"
        ),
        reason="A late correction of the earlier month breaks it until that month is reported again.",
        column="status_24",
        anchors=("account_no", "bill_on", "status_24"),
        passing=_two(OLD, OLD[2:] + "#N", months=2),
        failing=_two(OLD, OLD[1:][:-1] + "1N"),
    ),
    Rule(
        "XM-02",
        kind="distribution",
        severity="REVIEW",
        source="S4",
        text_zh="验收前每家机构须测试至少三个连续月份的报文",
        text_en="Before acceptance an institution's messages of at least three consecutive months are tested",
        reason="It keeps an institution from acceptance, not a record from the lake.",
        same_as=("GL-08",),
        passing={"months": ("2023-11", "2023-12", "2024-01")},
        failing={"months": ("2023-10", "2023-12", "2024-01")},
    ),
    Rule(
        "XM-03",
        kind="cross-record",
        severity="REVIEW",
        source="DERIVED",
        text_zh="账户标识为金融机构代码、业务种类和业务号；重报、更正、删除和标识变更之后，每个账户每月只有一条记录",
        text_en=(
            "An account is its institution, business and number; after re-reports, corrections, deletions and "
            "changes of the key it has one record a month"
        ),
        reason="Which of two records of one month is right only the supplier can say.",
        column="bill_on",
        anchors=("account_no", "bill_on", "status_24"),
        passing=_two(OLD, OLD[1:] + "N"),
        failing=(
            {"status_24": OLD, "bill_on": "2023-01-20", "_new": False},
            {"status_24": OLD, "bill_on": "2023-01-21", "_new": True},
        ),
    ),
    Rule(
        "XM-04",
        kind="procedure",
        severity="INFO",
        source="S4",
        text_zh="漏报月份在本次状态中的取值不作规定，任何合法代码(含 #)均可接受",
        text_en="What stands for skipped months is not laid down: any legal code is accepted, # included",
        reason="The paper is silent, so nothing is a hit.",
        passing="漏报两个月后补报，中间一位为 #。 Two months on, the position between is #.",
        failing="因漏报月份为 # 而退回报文。 A message sent back because a skipped month is #.",
    ),
)


_BATCH = 1_000_000
"""What ranks a record of the batch above one of the lake: more than the days since 1900 of any bill."""


def earlier_month(
    keys: tuple[str, ...],
    columns: tuple[str, ...],
    condition: str,
    new: str,
    previous: str,
    *,
    both: bool = False,
) -> str:
    """SQL of the lines of ``new`` that break a condition against the same account's month before.

    Parameters
    ----------
    keys
        Columns that identify an account.
    columns
        Columns that the condition compares.
    condition
        What a hit looks like, over ``n`` (the incoming record), ``p`` (the latest earlier month, from the
        batch or, where the batch has not got it, from the lake) and ``m``, the month as a number.
    new, previous
        Relations.
    both
        Also hit an incoming record on which the next month does not carry on, where that month stands in the
        lake alone: the batch does not bring it, so it is judged nowhere else.
    """
    listed = ", ".join((*keys, *columns))
    month = "(year(bill_on) * 12 + month(bill_on)) AS m"
    # The batch before the lake, then the later bill of a month: one number is faster than a pair.
    day = "(bill_on - DATE '1900-01-01')"
    latest = ", ".join(f"arg_max({name}, rank) AS {name}" for name in columns)
    same = _same(keys, "n", "p")
    key_list = ", ".join(keys)
    later = _later_month(keys, condition) if both else ""
    return f"""
        WITH n AS (SELECT _line, bill_on, {month}, {listed} FROM {new}),
        known AS (
            SELECT {day} + {_BATCH} AS rank, m, {listed} FROM n
            UNION ALL
            SELECT {day} AS rank, {month}, {listed} FROM {previous} AS o
            SEMI JOIN (SELECT DISTINCT {key_list} FROM n) AS mine USING ({key_list})
        ),
        p AS (SELECT m, {key_list}, max(rank) AS rank, {latest} FROM known GROUP BY m, {key_list}),
        adjacent AS (SELECT n._line, {condition} AS hit
                     FROM n JOIN p ON {same} AND p.m = n.m - 1),
        distant AS (SELECT n._line, {condition} AS hit
                    FROM (SELECT n.* FROM n ANTI JOIN p ON {same} AND p.m = n.m - 1) AS n
                    ASOF JOIN p ON {same} AND n.m > p.m)
        SELECT _line FROM adjacent WHERE hit UNION SELECT _line FROM distant WHERE hit{later}"""


def _later_month(keys: tuple[str, ...], condition: str) -> str:
    """SQL of the lines whose month is the latest before a month of the lake that breaks the condition.

    It starts from the lake's later months: there are none unless a month comes late, and then it costs nothing.
    """
    key_list = ", ".join(keys)
    return f"""
        UNION SELECT p._line
        FROM (SELECT q.*, before.m AS earlier
              FROM (SELECT p.* FROM p JOIN (SELECT {key_list}, min(m) AS m FROM n GROUP BY {key_list}) AS f
                    ON {_same(keys, "p", "f")} AND p.m > f.m WHERE p.rank < {_BATCH}) AS q
              ASOF JOIN p AS before ON {_same(keys, "q", "before")} AND q.m > before.m
              WHERE before.rank >= {_BATCH}) AS n
        JOIN n AS p ON {_same(keys, "n", "p")} AND n.earlier = p.m WHERE {condition}"""


def _same(keys: tuple[str, ...], one: str, other: str) -> str:
    return " AND ".join(f"{one}.{key} = {other}.{key}" for key in keys)


def shifted(keys: tuple[str, ...], new: str, previous: str) -> str:
    """XM-01: the status does not carry on the one before, or the lake's next one does not carry on this."""
    condition = """(n.m - p.m <= 23 AND substr(p.status_24, 1 + n.m - p.m)
        <> substr(n.status_24, 1, 24 - (n.m - p.m)))"""
    return earlier_month(keys, ("status_24",), condition, new, previous, both=True)


def after_end(keys: tuple[str, ...], new: str, previous: str) -> str:
    """DR-03: a month follows C or G."""
    condition = "right(p.status_24, 1) IN ('C', 'G')"
    return earlier_month(keys, ("status_24",), condition, new, previous)


def after_settlement(keys: tuple[str, ...], business: str, new: str, previous: str) -> str:
    """GL-04: a month follows the one that was reported as settled."""
    condition = f"p.account_status = CASE {business} WHEN '2' THEN '4' ELSE '3' END"
    return earlier_month(keys, ("account_status",), condition, new, previous)


def twice_a_month(keys: tuple[str, ...], new: str, previous: str) -> str:
    """XM-03: an account has two billing dates in one month."""
    key_list = ", ".join(keys)
    month = "year(bill_on) * 12 + month(bill_on)"
    return f"""
        WITH known AS (
            SELECT {key_list}, bill_on, {month} AS m FROM {new}
            UNION ALL
            SELECT {key_list}, bill_on, {month} AS m FROM {previous} AS o
            SEMI JOIN (SELECT DISTINCT {key_list} FROM {new}) AS mine USING ({key_list})
        ),
        twice AS (SELECT {key_list}, m FROM known GROUP BY {key_list}, m
                  HAVING min(bill_on) <> max(bill_on))
        SELECT _line FROM (SELECT _line, {key_list}, {month} AS m FROM {new}) AS n
        SEMI JOIN twice USING ({key_list}, m)"""
