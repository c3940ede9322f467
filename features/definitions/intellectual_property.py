"""Patents and trademarks: what is in force, what is new, what is pledged."""

from __future__ import annotations

from features.expressions import Records, months_since
from features.view import Feature

THEME = "intellectual_property"

patents = Records("patent")
marks = Records("trademark")

patent_stands = patents["status"].equals("valid").and_also(patents["expires_on"].open_on_day())
mark_stands = marks["status"].equals("valid").and_also(marks["valid_until"].open_on_day())

FEATURES = (
    Feature(
        name="patents_valid",
        theme=THEME,
        value=patents.count(where=patent_stands),
        unit="records",
        direction=0,
        title_zh="有效专利数",
        title_en="Patents in force",
        null_zh="没有专利记录",
        null_en="no patent is on record",
        too_high_zh="有效专利 {value} 件，偏多",
        too_high_en="{value} patents are in force, many",
        too_low_zh="有效专利仅 {value} 件，偏少",
        too_low_en="Only {value} patents are in force",
    ),
    Feature(
        name="inventions_valid",
        theme=THEME,
        value=patents.count(where=patent_stands.and_also(patents["kind"].equals("invention"))),
        unit="records",
        direction=0,
        title_zh="有效发明专利数",
        title_en="Patents for inventions in force",
        null_zh="没有专利记录",
        null_en="no patent is on record",
        too_high_zh="有效发明专利 {value} 件，偏多",
        too_high_en="{value} patents for inventions are in force, many",
        too_low_zh="有效发明专利仅 {value} 件，偏少",
        too_low_en="Only {value} patents for inventions are in force",
    ),
    Feature(
        name="patents_applied_24",
        theme=THEME,
        value=patents.count(months=24),
        unit="records",
        direction=0,
        title_zh="近 24 个月申请专利数",
        title_en="Patents applied for over 24 months",
        null_zh="没有专利记录",
        null_en="no patent is on record",
        too_high_zh="近 24 个月申请专利 {value} 件，偏多",
        too_high_en="{value} patents were applied for over 24 months, many",
        too_low_zh="近 24 个月申请专利仅 {value} 件，偏少",
        too_low_en="Only {value} patents were applied for over 24 months",
    ),
    Feature(
        name="patents_lapsed_share",
        theme=THEME,
        value=patents.count(
            where=patents["status"].one_of("lapsed", "expired", "invalidated", "refused")
        )
        / patents.count(),
        unit="fraction",
        direction=0,
        title_zh="失效专利比例",
        title_en="Share of patents that are no longer in force",
        null_zh="没有专利记录",
        null_en="no patent is on record",
        too_high_zh="有 {value} 的专利已失效，偏高",
        too_high_en="{value} of the patents are no longer in force, high",
        too_low_zh="仅 {value} 的专利已失效，偏低",
        too_low_en="Only {value} of the patents are no longer in force",
    ),
    Feature(
        name="patents_pledged",
        theme=THEME,
        value=patents.count(
            where=patents["pledged"].and_also(patents["released_on"].open_on_day())
        ),
        unit="records",
        direction=0,
        title_zh="质押中的专利数",
        title_en="Patents under pledge",
        null_zh="没有专利记录",
        null_en="no patent is on record",
        too_high_zh="有 {value} 件专利在质押中，偏多",
        too_high_en="{value} patents are pledged, many",
        too_low_zh="有 {value} 件专利在质押中，偏少",
        too_low_en="{value} patents are pledged, few",
    ),
    Feature(
        name="patents_disputed",
        theme=THEME,
        value=patents.count(where=patents["disputed"]),
        unit="records",
        direction=0,
        title_zh="有争议的专利数",
        title_en="Patents under dispute",
        null_zh="没有专利记录",
        null_en="no patent is on record",
        too_high_zh="有 {value} 件专利存在争议，偏多",
        too_high_en="{value} patents are disputed, many",
        too_low_zh="有 {value} 件专利存在争议，偏少",
        too_low_en="{value} patents are disputed, few",
    ),
    Feature(
        name="trademarks_valid",
        theme=THEME,
        value=marks["trademark_no"].distinct(where=mark_stands),
        unit="records",
        direction=0,
        title_zh="有效商标数",
        title_en="Trademarks in force",
        null_zh="没有商标记录",
        null_en="no trademark is on record",
        too_high_zh="有效商标 {value} 件，偏多",
        too_high_en="{value} trademarks are in force, many",
        too_low_zh="有效商标仅 {value} 件，偏少",
        too_low_en="Only {value} trademarks are in force",
    ),
    Feature(
        name="trademark_classes",
        theme=THEME,
        value=marks["nice_class"].distinct(where=mark_stands),
        unit="kinds",
        direction=0,
        title_zh="有效商标涉及的类别数",
        title_en="Classes of trademarks in force",
        null_zh="没有商标记录",
        null_en="no trademark is on record",
        too_high_zh="有效商标涉及 {value} 个类别，偏多",
        too_high_en="Trademarks in force are in {value} classes, many",
        too_low_zh="有效商标仅涉及 {value} 个类别，偏少",
        too_low_en="Trademarks in force are in only {value} classes",
    ),
    Feature(
        name="months_since_patent",
        theme=THEME,
        value=months_since(patents["applied_on"].latest()),
        unit="months",
        direction=0,
        title_zh="最近一次申请专利至今月数",
        title_en="Months since the last patent was applied for",
        null_zh="没有专利记录",
        null_en="no patent is on record",
        too_high_zh="最近一次申请专利在 {value} 个月前，时间较久",
        too_high_en="The last patent was applied for {value} months ago, long ago",
        too_low_zh="最近一次申请专利在 {value} 个月前，时间较近",
        too_low_en="The last patent was applied for {value} months ago, recently",
    ),
)
