"""What a contract says, in words of both languages: for the terminal and for the catalogue page."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from data_contracts.documents import Text

if TYPE_CHECKING:
    from data_contracts.contract import Column, Contract

ROOMS: dict[str, Text] = {
    "government": Text("政务信息", "Government bureaux"),
    "finance": Text("金融与其他来源", "Lenders and other sources"),
    "platform": Text("平台", "The platform"),
    "other": Text("其他", "Other"),
}
SUBJECTS: dict[str, Text] = {
    "enterprise": Text("企业", "enterprises"),
    "sole_trader": Text("个体工商户", "sole traders"),
    "farmer": Text("农户", "farmers"),
    "individual": Text("个人", "individuals"),
    "institution": Text("机构", "institutions"),
}
SENSITIVITIES: dict[str, Text] = {
    "public": Text("公开", "public"),
    "restricted": Text("受限", "restricted"),
    "consent": Text("需授权", "with consent"),
    "separate-consent": Text("需单独同意", "with separate consent"),
    "protected": Text("受保护（仅供公平性检查）", "protected (fairness checks alone)"),
}
MODES: dict[str, Text] = {
    "batch": Text("批量", "in batches"),
    "api": Text("接口", "by interface"),
    "raw": Text("原始文件", "as a raw file"),
    "query-with-consent": Text("经授权逐笔查询", "by query, with consent"),
}
USES: dict[str, Text] = {
    "score": Text("评分", "score"),
    "match": Text("产品匹配", "matching"),
    "report": Text("信用报告", "report"),
    "rule": Text("规则", "rules"),
    "monitor": Text("监测", "monitoring"),
    "identity": Text("身份识别", "identity"),
    "platform": Text("平台运行", "platform"),
}
TYPES: dict[type, Text] = {
    str: Text("文本", "text"),
    int: Text("整数", "integer"),
    float: Text("小数", "number"),
    bool: Text("是否", "yes or no"),
    date: Text("日期", "date"),
}
SEALS: dict[str, Text] = {
    "hmac": Text("仅存带密钥的散列", "stored as a keyed hash alone"),
    "mask": Text("仅存掩码", "stored masked alone"),
}


def joined(*parts: Text, zh: str = "、", en: str = ", ") -> Text:
    """Join texts as each language does.

    Examples
    --------
    >>> joined(USES["score"], USES["report"])
    Text(zh='评分、信用报告', en='score, report')
    """
    return Text(zh.join(part.zh for part in parts), en.join(part.en for part in parts))


def kind_of(column: Column) -> Text:
    """Type of an item, and whether it may be missing."""
    kind = TYPES[column.kind]
    return Text(kind.zh + "，可空", kind.en + " or null") if column.nullable else kind


def constraint(column: Column) -> Text:
    """What a value of an item must satisfy, in words.

    Examples
    --------
    >>> from data_contracts.finance.disbursement import Disbursement
    >>> constraint(Disbursement.column("rate_bp")).en
    '0 to 100,000'
    """
    declared = column.item
    parts: list[Text] = []
    if declared.seal:
        parts.append(SEALS[declared.seal])
    elif declared.form:
        parts.append(Text(*declared.form))
    elif declared.pattern:
        parts.append(Text(declared.pattern, declared.pattern))
    if declared.codes:
        parts.append(
            Text(
                "；".join(f"{code} {titles[0]}" for code, titles in declared.codes.items()),
                "; ".join(f"{code} {titles[1]}" for code, titles in declared.codes.items()),
            )
        )
    if declared.ge is not None and declared.le is not None:
        low, high = _number(declared.ge), _number(declared.le)
        parts.append(Text(f"{low} 至 {high}", f"{low} to {high}"))
    if declared.max_length is not None and not declared.seal:
        longest = f"{declared.max_length:,}"
        parts.append(Text(f"至多 {longest} 字", f"at most {longest} characters"))
    if declared.identifier:
        review = declared.severity == "REVIEW"
        parts.append(
            Text(
                f"校验 {declared.identifier}" + ("（存疑待核）" if review else ""),
                f"a valid {declared.identifier}" + (" (else for review)" if review else ""),
            )
        )
    return joined(*parts, zh="；", en="; ") if parts else Text("", "")


def facts(contract: type[Contract]) -> tuple[tuple[Text, Text], ...]:
    """What a contract says as a whole: names and texts, for a table of two columns."""
    about = contract.about
    never = Text("服务期内长期保存", "as long as the subject is served")
    years = about.retention_years
    since = about.end or about.event
    kept = (
        never if years is None else Text(f"自 {since} 起 {years} 年", f"{years} years from {since}")
    )
    yes, no = Text("是", "yes"), Text("否", "no")
    consent = Text("自然人需授权或公开来源", "persons: a consent or a public source (REG-01)")
    found = [
        (Text("目录编号", "Catalogue id"), Text(about.catalogue_id, about.catalogue_id)),
        (Text("来源", "Supplier"), Text(about.supplier_zh, about.supplier_en)),
        (Text("主体", "About"), joined(*(SUBJECTS[kind] for kind in about.subject_kinds))),
        (Text("主键", "Key"), Text("、".join(about.key), ", ".join(about.key))),
        (Text("事件日期", "Event date"), Text(about.event, about.event)),
        (Text("频率", "Frequency"), Text(about.frequency_zh, about.frequency_en)),
        (
            Text("最长时延", "Latency"),
            Text(f"{about.latency_days} 天", f"{about.latency_days} days"),
        ),
        (Text("方式", "Mode"), MODES[about.mode]),
        (Text("敏感级别", "Sensitivity"), SENSITIVITIES[about.sensitivity]),
        (Text("授权", "Consent"), consent if about.needs_consent else Text("不需要", "not needed")),
        (Text("不良信息", "Adverse"), yes if about.negative else no),
        (Text("保存期限", "Kept"), kept),
        (Text("用于", "Used in"), joined(*(USES[use] for use in about.used_in))),
    ]
    return tuple((name, text) for name, text in found if text.en)


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) and abs(value) < 1e16 else f"{value}"
