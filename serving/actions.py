"""The closed vocabulary of audit actions: id, texts, when one is recorded and when not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """One kind of audit entry."""

    id: str
    text_zh: str
    text_en: str
    recorded: str
    not_recorded: str


ACTIONS: dict[str, Action] = {
    action.id: action
    for action in (
        Action(
            "AA-01",
            "为决策评分",
            "Scored for a decision",
            "POST /v1/scores without as_of answered 200",
            "POST /v1/scores with as_of (AA-02)",
        ),
        Action(
            "AA-02",
            "按指定日期重算，仅供参考",
            "Recomputed for a given date, for information only",
            "POST /v1/scores with as_of answered 200",
            "POST /v1/scores without as_of (AA-01)",
        ),
        Action(
            "AA-03",
            "匹配产品",
            "Matched products",
            "POST /v1/recommendations answered 200",
            "POST /v1/recommendations answered 422: nothing was read",
        ),
        Action(
            "AA-04",
            "生成信用报告",
            "Made a credit report",
            "POST /v1/reports answered 201",
            "GET /v1/reports/{id} (AA-05)",
        ),
        Action(
            "AA-05",
            "查看信用报告",
            "Read a credit report",
            "GET /v1/reports/{id} answered 200",
            "GET /v1/reports/{id} answered 404: another client's report",
        ),
        Action(
            "AA-06",
            "查询的主体不存在",
            "Asked for an unknown subject",
            "POST /v1/scores answered 404",
            "POST /v1/scores answered 422: the id has no valid form",
        ),
        Action(
            "AA-07",
            "登录门户",
            "Logged in to the portal",
            "the right name and password were given",
            "a wrong password was given (AA-08)",
        ),
        Action(
            "AA-08",
            "登录门户失败",
            "Failed to log in to the portal",
            "a wrong password was given",
            "the attempt was refused unread because of too many failures",
        ),
        Action(
            "AA-09",
            "退出门户",
            "Logged out of the portal",
            "the log-out button was pressed",
            "the session ended by time",
        ),
        Action(
            "AA-10",
            "签发或更换密钥",
            "Issued or replaced a key",
            "the first start of a workspace made its API key",
            "a later start found the key in its place",
        ),
        Action(
            "AA-11",
            "查看评分结果页面",
            "Viewed a decision's page",
            "a person opened the page of a stored decision",
            "the look-up page was opened",
        ),
        Action(
            "AA-12",
            "银行回报授信决定",
            "The bank reported its decision",
            "POST /v1/scores/{id}/decision answered 201",
            "the same body again, answered 200: nothing is new",
        ),
        Action(
            "AA-13",
            "银行回报贷款结果",
            "The bank reported a loan's outcome",
            "POST /v1/accounts/{no}/outcome answered 201",
            "the same body again, answered 200: nothing is new",
        ),
    )
}

SCORED = "AA-01"
RECOMPUTED = "AA-02"
MATCHED = "AA-03"
REPORTED = "AA-04"
REPORT_READ = "AA-05"
UNKNOWN_SUBJECT = "AA-06"
LOGGED_IN = "AA-07"
LOGIN_FAILED = "AA-08"
LOGGED_OUT = "AA-09"
KEY_ISSUED = "AA-10"
DECISION_VIEWED = "AA-11"
DECISION_REPORTED = "AA-12"
OUTCOME_REPORTED = "AA-13"
