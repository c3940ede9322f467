"""What a supplier can do about a broken rule, in both languages, told by the kind of the rule."""

from __future__ import annotations

from datetime import date

from data_contracts.contract import Column, Contract
from data_contracts.intake.mapping.forms import UNAMBIGUOUS
from data_contracts.intake.mapping.model import Source

_BY_KIND = {
    "required": ("请补填该项", "fill in the item"),
    "ge": ("请核对数值和单位", "check the value and its unit"),
    "le": ("请核对数值和单位", "check the value and its unit"),
    "finite": ("请填写数字", "give a number"),
    "max_length": ("请缩短或拆分内容", "shorten or split the text"),
    "pattern": ("请按说明的格式填写", "write it in the form stated"),
    "identifier": ("请核对号码，包括校验位", "check the number, its check digit included"),
    "unknown": ("请核对主键，或先报送该记录", "check the key, or send the record first"),
}
_LAW = {
    "REG-01": (
        "请先取得并报送涵盖该类信息的授权，或注明公开来源，再重报；不可豁免",
        "obtain and send the consent for this kind of information, or state the public source, then send "
        "again; the law grants no waiver",
    ),
    "REG-03": (
        "请取得已告知不利后果的书面授权，或删除该项后重报；不可豁免",
        "obtain a written consent after the notice of adverse effects, or leave the item out; no waiver",
    ),
    "REG-04": (
        "请先告知本人并填写告知日期后重报；不可豁免",
        "tell the person first, fill in the day of the notice and send again; no waiver",
    ),
}
_OTHER = (
    "请核对业务后更正重报，或说明理由申请豁免",
    "correct and send again, or give the reason for a waiver",
)


def hints(rule_id: str, contract: type[Contract]) -> tuple[str, str]:
    """Hint of a rule, Chinese and English."""
    if rule_id in _LAW:
        return _LAW[rule_id]
    parts = rule_id.split(".")
    kind = parts[-1]
    if kind == "codes" and len(parts) == 3 and parts[1] in contract.model_fields:
        codes = contract.column(parts[1]).item.codes
        listed = list(codes.items())[:12]
        zh = "；".join(f"{code} {titles[0]}" for code, titles in listed)
        en = "; ".join(f"{code} {titles[1]}" for code, titles in listed)
        more = " …" if len(codes) > len(listed) else ""
        return f"可用代码：{zh}{more}", f"codes: {en}{more}"
    return _BY_KIND.get(kind, _OTHER) if len(parts) == 3 else _OTHER


def form_texts(source: Source, item: Column) -> tuple[str, str, str, str]:
    """What the rule of an item's form says (to follow its title), and the hint."""
    if source.subject is not None:
        return (
            "须能由有效的号码或名称确定", "must follow from a valid number or a name",
            "请填写有效的统一社会信用代码或单位名称", "give a valid unified social credit code or the name",
        )  # fmt: skip
    if source.person is not None:
        return (
            "须为有效的公民身份号码", "must come from a valid resident identity number",
            "请核对号码，包括校验位", "check the number, its check digit included",
        )  # fmt: skip
    if source.codes is not None:
        words = ", ".join(list(source.codes)[:12])
        return (
            "须为约定的用语", "must be one of the agreed words",
            f"可用：{words}", f"use one of: {words}",
        )  # fmt: skip
    if item.kind is date:
        listed = ", ".join(source.dates or UNAMBIGUOUS)
        return "应为日期", "must be a date", f"可用格式：{listed}", f"forms that are read: {listed}"
    if item.kind is bool:
        return "应为是或否", "must be yes or no", "请填 是 或 否", "write 是 or 否"
    if item.kind in (int, float):
        unit = source.unit or item.item.unit
        return (
            "应为数字", "must be a number",
            f"请只填数字（单位 {unit}）", f"give a number alone (unit {unit})",
        )  # fmt: skip
    return (
        "的内容无法识别", "cannot be read in the stated form",
        "请按约定的格式填写", "write it in the agreed form",
    )  # fmt: skip
