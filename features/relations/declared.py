"""What the features of a group are: declared like other features, computed from the network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

from data_contracts.catalogue import contract as contract_of
from data_contracts.item import Sensitivity
from features.errors import FeaturesError
from features.policy import refused_input
from features.relations.settings import RelationSettings

UNITS = ("CNY", "fraction", "members", "steps", "yes/no")
"""Units of :data:`features.view.UNITS` that features of groups have."""
THEME = "relations"
_NAME = re.compile(r"[a-z][a-z0-9_]{2,60}")
_EDGES = (
    "shareholder.share", "shareholder.holder_id", "key_person.person_id", "key_person.position",
    "guarantee.guaranteed_id",
)  # fmt: skip
_BALANCES = ("credit_month.balance_cents",)
_DEFAULTS = ("loan_outcome.status", "credit_month.five_class", "credit_month.overdue_91_180_cents",
             "credit_month.overdue_over_180_cents")  # fmt: skip


@dataclass(frozen=True)
class GroupFeature:
    """One feature of a subject's group; the attributes are those of :class:`features.view.Feature`.

    `columns` is its lineage ("contract.column"), main one first. `needs` are the contracts of which one at least
    must be supplied, and without which the feature is null.

    Raises
    ------
    FeaturesError
        Naming the feature, for whatever is missing, undeclared or not allowed.
    """

    name: str
    unit: str
    direction: Literal[-1, 0, 1]
    columns: tuple[str, ...]
    needs: tuple[str, ...]
    title_zh: str
    title_en: str
    null_zh: str
    null_en: str
    too_high_zh: str
    too_high_en: str
    too_low_zh: str
    too_low_en: str
    theme: str = THEME

    kind: ClassVar[Literal["number"]] = "number"
    lender_history: ClassVar[bool] = False
    labels: ClassVar[tuple[tuple[str, str, str], ...]] = ()

    def __post_init__(self) -> None:
        """Refuse an incomplete or unlawful declaration."""
        if not _NAME.fullmatch(self.name):
            raise FeaturesError("the name is not usable.", feature=self.name, expected="snake_case")
        refused = refused_input(self.name, self.title_zh, self.title_en)
        if refused:
            raise FeaturesError(f"may not be an input: {refused}.", feature=self.name)
        if self.unit not in UNITS:
            raise FeaturesError("no unit is given.", feature=self.name, expected=", ".join(UNITS))
        if self.direction not in (-1, 0, 1):
            raise FeaturesError("no direction is given.", feature=self.name, expected="1, 0 or -1")
        for part in ("title", "null", "too_high", "too_low"):
            for language in ("zh", "en"):
                if not str(getattr(self, f"{part}_{language}")).strip():
                    raise FeaturesError(f"lacks {part}_{language}.", feature=self.name)
        for column in self.columns:
            contract, _, name = column.partition(".")
            if name not in contract_of(contract).arrow_schema().names:
                raise FeaturesError(f"{column} is not declared.", feature=self.name)
        if not self.columns or not set(self.needs) <= set(self.contracts):
            raise FeaturesError("its lineage does not name what it needs.", feature=self.name)

    @property
    def contracts(self) -> tuple[str, ...]:
        """Contracts that it is made from, first use first."""
        return tuple(dict.fromkeys(column.split(".")[0] for column in self.columns))

    @property
    def contract(self) -> str:
        """Contract that it is mainly made from."""
        return self.contracts[0]

    @property
    def value(self) -> RelationSettings:
        """What its value depends on beside the records: how relations are read and joined."""
        return RelationSettings()

    @property
    def sensitivity(self) -> Sensitivity:
        """The strictest of what it is made from."""
        found: set[Sensitivity] = {contract_of(name).about.sensitivity for name in self.contracts}
        for column in self.columns:
            contract, name = column.split(".")
            found.add(contract_of(contract).column(name).item.sensitivity)
        return max(found, key=get_args(Sensitivity).index)

    @property
    def suppliers(self) -> tuple[tuple[str, str], ...]:
        """Who supplies what it is made from, in both languages, first use first."""
        abouts = (contract_of(name).about for name in self.contracts)
        return tuple(dict.fromkeys((about.supplier_zh, about.supplier_en) for about in abouts))

    @property
    def null_meaning(self) -> str:
        """What it means when there is no value, in both languages."""
        return f"{self.null_zh} / {self.null_en}"

    @property
    def uses(self) -> tuple[str, ...]:
        """Uses that every one of its contracts allows, such as "score" or "rule"."""
        allowed = [set(contract_of(name).about.used_in) for name in self.contracts]
        return tuple(sorted(set.intersection(*allowed)))

    def spec(self) -> dict[str, Any]:
        """Everything about it that is not computation, with the keys of other features' metadata."""
        texts = (
            f"{part}_{language}"
            for part in ("title", "null", "too_high", "too_low")
            for language in ("zh", "en")
        )
        return {
            "name": self.name,
            "theme": self.theme,
            "kind": self.kind,
            "unit": self.unit,
            "direction": self.direction,
            **{text: getattr(self, text) for text in texts},
            "null_meaning": self.null_meaning,
            "contract": self.contract,
            "contracts": list(self.contracts),
            "columns": list(self.columns),
            "sensitivity": self.sensitivity,
            "suppliers": [{"zh": zh, "en": en} for zh, en in self.suppliers],
            "lender_history": self.lender_history,
            "labels": {},
            "uses": list(self.uses),
        }


_RELATIONS = ("shareholder", "key_person", "guarantee")
_ALONE = {"null_zh": "没有股权、任职或担保记录", "null_en": "no relation of the subject is on file"}
_NO_GUARANTEE = {
    "null_zh": "没有有效的担保记录", "null_en": "no open guarantee of the subject is on file",
}  # fmt: skip
_NO_CREDIT = {
    "null_zh": "集团成员没有信贷账户记录",
    "null_en": "no account of any member of the group is on file",
}

GROUP_FEATURES: tuple[GroupFeature, ...] = (
    GroupFeature(
        "group_size", "members", 0, _EDGES, _RELATIONS,
        "关联风险集团的成员企业数", "Firms in the risk group, the subject among them", **_ALONE,
        too_high_zh="所在关联集团有 {value} 家企业，偏多",
        too_high_en="The group of related firms has {value} members, many",
        too_low_zh="所在关联集团仅有 {value} 家企业",
        too_low_en="The group of related firms has only {value} members",
    ),
    GroupFeature(
        "control_group_size", "members", 0, _EDGES[:4], _RELATIONS[:2],
        "控制集团的成员企业数", "Firms in the control group, the subject among them", **_ALONE,
        too_high_zh="同一控制下有 {value} 家企业，偏多",
        too_high_en="{value} firms are under the same control, many",
        too_low_zh="同一控制下仅有 {value} 家企业",
        too_low_en="Only {value} firms are under the same control",
    ),
    GroupFeature(
        "group_exposure", "CNY", 0, (*_BALANCES, *_EDGES), ("credit_month",),
        "关联风险集团的授信余额合计", "Open balances of the whole risk group", **_NO_CREDIT,
        too_high_zh="关联集团的授信余额合计 {value} 元，偏高",
        too_high_en="The group owes {value} CNY in all, high",
        too_low_zh="关联集团的授信余额合计仅 {value} 元",
        too_low_en="The group owes only {value} CNY in all",
    ),
    GroupFeature(
        "group_overdue_share", "fraction", 1,
        (*_BALANCES, "credit_month.overdue_cents", *_EDGES), ("credit_month",),
        "集团其他成员的逾期账户余额占比", "Share of the other members' balances on overdue accounts",
        null_zh="集团没有其他成员或其没有未清余额",
        null_en="no other member of the group owes anything",
        too_high_zh="关联集团其他成员 {value} 的余额在逾期账户上，偏高",
        too_high_en="{value} of the other members' balances is on overdue accounts, high",
        too_low_zh="关联集团其他成员仅 {value} 的余额在逾期账户上",
        too_low_en="Only {value} of the other members' balances is on overdue accounts",
    ),
    GroupFeature(
        "neighbours_defaulted_24", "members", 1, (*_DEFAULTS, *_EDGES),
        ("loan_outcome", "credit_month"),
        "近 24 个月违约的集团其他成员企业数", "Other firms of the group that defaulted within 24 months",
        **_ALONE,
        too_high_zh="关联集团中有 {value} 个其他成员近 24 个月违约，偏多",
        too_high_en="{value} other members of the group defaulted within 24 months, many",
        too_low_zh="关联集团中近 24 个月仅 {value} 个其他成员违约",
        too_low_en="Only {value} other members of the group defaulted within 24 months",
    ),
    GroupFeature(
        "neighbours_default_share", "fraction", 1, (*_DEFAULTS, *_EDGES),
        ("loan_outcome", "credit_month"),
        "直接关联方的违约加权占比", "Direct neighbours that defaulted, weighted by the relation",
        null_zh="没有直接关联方", null_en="the subject has no direct neighbour",
        too_high_zh="直接关联方中按关系加权有 {value} 近 24 个月违约，偏高",
        too_high_en="{value} of the direct neighbours defaulted within 24 months, by weight, high",
        too_low_zh="直接关联方中按关系加权仅 {value} 近 24 个月违约",
        too_low_en="Only {value} of the direct neighbours defaulted within 24 months, by weight",
    ),
    GroupFeature(
        "guarantee_partners_defaulted_24", "members", 1, (*_DEFAULTS, "guarantee.guaranteed_id"),
        ("loan_outcome", "credit_month"),
        "近 24 个月违约的担保关系企业数", "Firms joined by an open guarantee that defaulted within 24 months",
        **_NO_GUARANTEE,
        too_high_zh="有担保关系的企业中 {value} 家近 24 个月违约，偏多",
        too_high_en="{value} firms joined by a guarantee defaulted within 24 months, many",
        too_low_zh="有担保关系的企业中近 24 个月仅 {value} 家违约",
        too_low_en="Only {value} firms joined by a guarantee defaulted within 24 months",
    ),
    GroupFeature(
        "guarantee_circle", "yes/no", 1, ("guarantee.guaranteed_id",), ("guarantee",),
        "是否处于互保、联保圈", "Whether it stands in a circle of guarantees", **_NO_GUARANTEE,
        too_high_zh="处于互保或循环担保圈中", too_high_en="It stands in a circle of guarantees",
        too_low_zh="不在互保或循环担保圈中", too_low_en="It stands in no circle of guarantees",
    ),
    GroupFeature(
        "guarantee_chain_depth", "steps", 0, ("guarantee.guaranteed_id",), ("guarantee",),
        "对外担保链条的层数", "Length of the chain of guarantees that it gave", **_NO_GUARANTEE,
        too_high_zh="对外担保链条长 {value} 层，偏长",
        too_high_en="The chain of guarantees given is {value} steps long, long",
        too_low_zh="对外担保链条仅 {value} 层",
        too_low_en="The chain of guarantees given is only {value} steps long",
    ),
    GroupFeature(
        "guaranteed_out", "CNY", 1, ("guarantee.amount_cents",), ("guarantee",),
        "对外担保的有效金额", "Open guarantees given to others", **_NO_GUARANTEE,
        too_high_zh="对外担保 {value} 元，偏高", too_high_en="It guarantees {value} CNY for others, high",
        too_low_zh="对外担保仅 {value} 元", too_low_en="It guarantees only {value} CNY for others",
    ),
    GroupFeature(
        "group_guaranteed_out", "CNY", 1, ("guarantee.amount_cents", *_EDGES[:4]), ("guarantee",),
        "控制集团对集团外担保的有效金额", "Open guarantees of the control group to others outside it",
        **_ALONE,
        too_high_zh="同一控制下的企业对外担保合计 {value} 元，偏高",
        too_high_en="Firms under the same control guarantee {value} CNY for others, high",
        too_low_zh="同一控制下的企业对外担保合计仅 {value} 元",
        too_low_en="Firms under the same control guarantee only {value} CNY for others",
    ),
    GroupFeature(
        "high_risk_group", "yes/no", 1,
        ("client_risk_notice.kind", "client_risk_notice.approved_by_head", *_EDGES),
        ("client_risk_notice",),
        "是否属于经批准提示的高风险集团", "Whether an approved notice says that its group is at high risk",
        **_ALONE,
        too_high_zh="所在集团被提示为高风险集团（已经负责人批准）",
        too_high_en="An approved notice says that its group is at high risk",
        too_low_zh="所在集团没有高风险提示", too_low_en="No notice says that its group is at high risk",
    ),
)  # fmt: skip
"""In the order of the columns of :func:`features.relations.group_columns.group_features`."""
