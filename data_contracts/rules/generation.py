"""GL: what is reported when (acceptance papers, phase 4, 6(1) and phase 7)."""

from __future__ import annotations

from typing import Any

from data_contracts.rules.rule import Rule

_BORROWER: dict[str, object] = {"mobile_masked": "138****0000", "occupation": "1",
                                "residence_address": "某路 1 号"}  # fmt: skip
_GUARANTOR: dict[str, object] = {"guarantor_no": 1, "id_no_hmac": "a" * 32, "amount_cents": 100}


def _generation(id: str, zh: str, en: str, passing: Any, failing: Any, **more: Any) -> Rule:
    settings: dict[str, Any] = {"kind": "distribution", "severity": "REVIEW", "source": "S4"}
    return Rule(
        id, text_zh=zh, text_en=en, passing=passing, failing=failing, **{**settings, **more}
    )


GENERATION: tuple[Rule, ...] = (
    _generation(
        "GL-01",
        "存量点之前已结清的账户不报；存量点未结清及之后新开的账户每月报全",
        "Accounts settled before the stock date are not reported; all others are, every month and completely",
        {"open_last_month": ("a", "b"), "reported": ("a", "b", "c")},
        {"open_last_month": ("a", "b"), "reported": ("a", "c")},
        reason="An account that is missing has no line to throw out.",
    ),
    _generation(
        "GL-02",
        "须能只为选定的账户生成报文",
        "Messages can be made for a chosen set of accounts",
        "只为三个账户生成报文，报文体恰为这三个账户。 A message of three chosen accounts has just these.",
        "选定三个账户而报文含全部账户。 Three are chosen and the message holds all.",
        kind="procedure",
        severity="INFO",
        reason="A demand on the supplier's program.",
    ),
    _generation(
        "GL-03",
        "账户首次上报须带身份、职业、居住三段，以后无变化不再上报",
        "The first report of an account carries identity, occupation and residence, later ones none unless changed",
        ({**_BORROWER, "reported_on": "2023-01-20", "_new": True},),
        (
            {**_BORROWER, "reported_on": "2023-01-20", "_new": False},
            {**_BORROWER, "reported_on": "2023-02-20", "_new": True},
        ),
        kind="cross-record",
        column="reported_on",
        anchors=("account_no", "reported_on", "residence_address"),
        reason="What is repeated or missing is of use all the same.",
    ),
    _generation(
        "GL-04",
        "结清当月以结清状态上报，以后各月不再出现该账户",
        "The month of settlement is reported as settled and the account never again",
        (
            {"account_status": "1", "bill_on": "2023-01-20", "_new": False},
            {"account_status": "3", "bill_on": "2023-02-20", "_new": True},
        ),
        (
            {"account_status": "3", "bill_on": "2023-01-20", "_new": False},
            {"account_status": "3", "bill_on": "2023-02-20", "_new": True},
        ),
        kind="cross-record",
        column="account_status",
        anchors=("account_no", "bill_on", "business", "account_status"),
        same_as=("DR-03",),
        reason="A settlement that was undone is real, though rare.",
    ),
    _generation(
        "GL-05",
        "担保信息段首次上报须完整，以后有变化才报",
        "The guarantors are complete in the first report and reported later only if changed",
        ({**_GUARANTOR, "reported_on": "2023-01-20", "_new": True},),
        (
            {**_GUARANTOR, "reported_on": "2023-01-20", "_new": False},
            {**_GUARANTOR, "reported_on": "2023-02-20", "_new": True},
        ),
        kind="cross-record",
        column="reported_on",
        anchors=("account_no", "reported_on", "guarantor_no"),
        reason="What is repeated is of use all the same.",
    ),
    _generation(
        "GL-06",
        "每个映射项分为 DIRECT 直取、CONVERT 转换、COMPUTE 计算；按类抽样由源数据重算并比较",
        "Each mapped item is taken, converted or computed; samples of each class are derived again and compared",
        {"history": "*NN12N", "overdue_periods": 0, "max_overdue_periods": 2, "overdue_count": 2},
        {"history": "*NN12N", "overdue_periods": 0, "max_overdue_periods": 2, "overdue_count": 1},
        reason="People find out which side is wrong.",
    ),
    _generation(
        "GL-07",
        "须处理反馈报文并重新上报；数量大的建议自动处理",
        "Feedback messages are worked off and reported again; automatically where they are many (advice)",
        "反馈中的每条错误均已更正并重报。 Each fault in the feedback was put right and sent again.",
        "反馈报文无人处理。 Nobody reads the feedback.",
        kind="procedure",
        severity="INFO",
        reason="A demand on the supplier's work; here a re-sent batch clears its quarantine.",
    ),
    _generation(
        "GL-08",
        "正式报送满三个月且稳定、及时、入库良好的，方可开放查询权限",
        "Query rights open after three months of stable, timely and well-loading production reports",
        {"months": ("2023-11", "2023-12", "2024-01"), "on_time": True, "loaded": 0.999},
        {"months": ("2023-11", "2023-12", "2024-01"), "on_time": False, "loaded": 0.999},
        same_as=("XM-02",),
        reason="It keeps query rights closed, not a record from the lake.",
    ),
)


def _changed(keys: tuple[str, ...], items: tuple[str, ...], new: str, previous: str) -> str:
    key_list = ", ".join(keys)
    listed = f"{key_list}, reported_on, {', '.join(items)}"
    return f"""
        WITH n AS (SELECT _line, {listed} FROM {new}),
        known AS (
            SELECT {listed} FROM n
            UNION ALL BY NAME
            SELECT {listed} FROM {previous} AS o
            SEMI JOIN (SELECT DISTINCT {key_list} FROM n) AS mine USING ({key_list})
        )"""


def borrower_again(
    keys: tuple[str, ...], segments: tuple[tuple[str, ...], ...], new: str, previous: str
) -> str:
    """GL-03: a first report lacks a segment, or a later one repeats what was known."""
    items = tuple(item for segment in segments for item in segment)
    key_list = ", ".join(keys)
    complete = " AND ".join(
        f"coalesce({', '.join(f'{i}::VARCHAR' for i in s)}) IS NOT NULL" for s in segments
    )
    told = f"hash(row({', '.join(items)}))"
    return (
        _changed(keys, items, new, previous)
        + f""",
        p AS (SELECT {key_list}, reported_on, any_value({told}) AS told FROM known
              GROUP BY {key_list}, reported_on),
        mine AS (SELECT _line, {key_list}, reported_on, {complete} AS complete, {told} AS told FROM n)
        SELECT n._line FROM mine AS n ASOF LEFT JOIN p
          ON {" AND ".join(f"n.{key} = p.{key}" for key in keys)} AND n.reported_on > p.reported_on
        WHERE CASE WHEN p.told IS NULL THEN NOT n.complete ELSE p.told = n.told END"""
    )


def guarantors_again(keys: tuple[str, ...], items: tuple[str, ...], new: str, previous: str) -> str:
    """GL-05: a later report repeats the same set of guarantors."""
    key_list = ", ".join(keys)
    return (
        _changed(keys, ("guarantor_no", *items), new, previous)
        + f""",
        p AS (SELECT {key_list}, reported_on,
                     list_sort(list_distinct(list(hash(row({", ".join(items)}))))) AS told
              FROM known GROUP BY {key_list}, reported_on),
        again AS (SELECT q.* FROM p AS q ASOF JOIN p
                  ON {" AND ".join(f"q.{key} = p.{key}" for key in keys)} AND q.reported_on > p.reported_on
                  WHERE q.told = p.told)
        SELECT n._line FROM n SEMI JOIN again USING ({key_list}, reported_on)"""
    )
