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
    Text("名称", "Title"),
    Text("单位", "Unit"),
    Text("风险方向", "Risk"),
    Text("无值含义", "No value"),
    Text("契约字段", "Contract fields"),
    Text("来源", "Suppliers"),
    Text("敏感级别", "Sensitivity"),
)
_WIDTHS = (5, 6, 2, 1.5, 5, 6, 4, 2)
_DIRECTIONS = {1: "+", -1: "-"}


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
            blocks.append(Heading(theme, 2))
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
    return (
        feature.name,
        Text(feature.title_zh, feature.title_en),
        Text(unit_zh, unit_en),
        _DIRECTIONS.get(feature.direction or 0, ""),
        Text(feature.null_zh, feature.null_en),
        ", ".join(feature.columns),
        Text(
            "；".join(zh for zh, _ in feature.suppliers),
            "; ".join(en for _, en in feature.suppliers),
        ),
        SENSITIVITIES[feature.sensitivity],
    )
