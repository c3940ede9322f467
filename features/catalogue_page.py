"""The catalogue of features as a page that people read, through the house's renderer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from data_contracts.documents import (
    Block,
    Document,
    Heading,
    Lang,
    Paragraph,
    Table,
    Text,
    render_html,
)
from data_contracts.export.wording import SENSITIVITIES
from features.errors import FeaturesError
from features.relations.declared import GroupFeature
from features.view import UNITS, Feature, FeatureView

TITLE = Text("特征目录", "Catalogue of features")
INTRODUCTION = Text(
    "每个特征只声明一次，训练、在线服务与单笔查询使用同一定义。“风险方向”：＋ 数值越大风险越高，－ 数值越大风险越低，"
    "空白为不确定。没有值时表示什么，见“无值含义”；来源部门未提供记录时也没有值，在线库会写明。",
    "Each feature is declared once; training, serving and single requests use the same definition. Risk: + a "
    'larger value means more risk, - less, blank: not firm. "No value" says what a null means; it is also '
    "null where the supplier sent no records, and the online store says so.",
)
COLUMNS = (
    Text("特征", "Feature"),
    Text("代码", "Name"),
    Text("单位与方向", "Unit, risk"),
    Text("无值含义", "No value"),
    Text("来源与契约字段", "Suppliers and contract fields"),
)
_WIDTHS = (5, 5, 2.5, 4.5, 6)
_DIRECTIONS = {1: "+", -1: "−"}
THEMES: dict[str, Text] = {
    "application": Text("本次申请", "The application"),
    "registration": Text("登记", "Registration"),
    "charge_off_history": Text("贷款核销历史", "Charge-offs of the past"),
    "card": Text("信用卡账户", "Card account"),
    "repayment": Text("信用卡还款", "Card repayment"),
    "arrears": Text("信用卡逾期", "Card arrears"),
    "registration_history": Text("登记与变更", "Registration and changes"),
    "business_standing": Text("经营状态", "Standing of the business"),
    "pledge": Text("股权与动产质押", "Pledges"),
    "financial_position": Text("财务状况", "Financial position"),
    "tax": Text("纳税", "Tax"),
    "invoice": Text("增值税发票", "VAT invoices"),
    "social_security": Text("社会保险与工资", "Social security and wages"),
    "judicial": Text("司法与执行", "Courts and enforcement"),
    "penalty": Text("行政处罚", "Penalties"),
    "environment": Text("环境", "Environment"),
    "utility": Text("水电气", "Utilities"),
    "real_estate": Text("不动产", "Real estate"),
    "intellectual_property": Text("知识产权", "Intellectual property"),
    "technology": Text("科技资质", "Technology"),
    "customs": Text("海关进出口", "Customs"),
    "procurement": Text("政府采购", "Procurement"),
    "public_rating": Text("公共信用评价", "Public ratings"),
    "credit_history": Text("信贷账户", "Credit accounts"),
    "repayment_history": Text("24 个月还款", "24 months of repayment"),
    "enquiry": Text("查询", "Enquiries"),
    "multi_lending": Text("多头借贷", "Multi-lending"),
    "guarantee": Text("担保", "Guarantees"),
    "applications_filed": Text("贷款申请", "Applications"),
    "collateral": Text("抵押物", "Collateral"),
    "housing_fund": Text("住房公积金", "Housing fund"),
    "platform_trade": Text("平台交易", "Trade on platforms"),
    "telecom": Text("通信", "Telecommunications"),
    "relations": Text("关联关系", "Related firms"),
    "farm": Text("农业与土地", "Farm and land"),
}


def catalogue_document(views: Sequence[FeatureView]) -> Document:
    """Make the catalogue page of some views: a table for each theme."""
    blocks: list[Block] = [Paragraph(INTRODUCTION)]
    for view in views:
        count = len(view.features)
        head = Text(f"{view.name}：{count} 个特征", f"{view.name}: {count} features")
        blocks.append(Heading(head))
        themes: dict[str, list[Feature | GroupFeature]] = {}
        for feature in view.features:
            themes.setdefault(feature.theme, []).append(feature)
        for theme, features in themes.items():
            rows = tuple(_row(feature) for feature in features)
            known = THEMES[theme]
            blocks.append(Heading(Text(f"{known.zh}（{theme}）", f"{known.en} ({theme})"), 2))
            blocks.append(Table(COLUMNS, rows, widths=_WIDTHS, row_headers=True))
    return Document(TITLE, blocks=tuple(blocks))


def write_pages(views: Sequence[FeatureView], folder: Path) -> list[Path]:
    """Write the page in both languages: ``features.zh.html`` and ``features.en.html``.

    Raises
    ------
    FeaturesError
        When the folder can not be written.
    """
    document = catalogue_document(views)
    languages: tuple[Lang, ...] = ("zh", "en")
    pages = {folder / f"features.{lang}.html": render_html(document, lang) for lang in languages}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, page in pages.items():
            path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise FeaturesError(
            f"cannot write to {folder}: {error.strerror}.", hint="choose another folder with --html"
        ) from error
    return list(pages)


def _row(feature: Feature | GroupFeature) -> tuple[Text | str, ...]:
    unit_zh, unit_en = UNITS[feature.unit]
    sign = _DIRECTIONS.get(feature.direction or 0, "")
    fields = ", ".join(feature.columns)
    class_zh, class_en = (
        SENSITIVITIES[feature.sensitivity].zh,
        SENSITIVITIES[feature.sensitivity].en,
    )
    from_zh = "；".join(zh for zh, _ in feature.suppliers)
    from_en = "; ".join(en for _, en in feature.suppliers)
    return (
        Text(feature.title_zh, feature.title_en),
        feature.name,
        Text(f"{unit_zh}{sign and f'（{sign}）'}", f"{unit_en}{sign and f' ({sign})'}"),
        Text(feature.null_zh, feature.null_en),
        Text(f"{from_zh}（{class_zh}）：{fields}", f"{from_en} ({class_en}): {fields}"),
    )
