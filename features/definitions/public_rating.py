"""The public credit rating of the city, and red, black and watch lists."""

from __future__ import annotations

from features.expressions import Records, call
from features.view import Feature

THEME = "public_rating"

ratings = Records("public_credit_rating")
kind = ratings["kind"]
overall = kind.equals("comprehensive")
grade = ratings["grade"].latest(where=overall)
points = ratings["points"]
stands = ratings["ended_on"].open_on_day()

FEATURES = (
    Feature(
        name="public_credit_grade",
        theme=THEME,
        value=call(
            "how_many", grade.one_of("B", "C", "D"), grade.one_of("C", "D"), grade.equals("D")
        ).only_if(grade.one_of("A", "B", "C", "D")),
        unit="levels",
        direction=+1,
        title_zh="公共信用综合评价低于 A 级的级数（A 至 D）",
        title_en="Levels of the public credit grade below A (A to D)",
        null_zh="没有公共信用综合评价，或未评级",
        null_en="no public credit rating is on file, or it gives no grade",
        too_high_zh="最近一次公共信用综合评价比 A 级低 {value} 级，偏低",
        too_high_en="The last public credit grade is {value} level(s) below A, low",
        too_low_zh="最近一次公共信用综合评价仅比 A 级低 {value} 级",
        too_low_en="The last public credit grade is only {value} level(s) below A",
    ),
    Feature(
        name="public_credit_points",
        theme=THEME,
        value=points.latest(where=overall),
        unit="points",
        direction=-1,
        title_zh="公共信用综合评价得分",
        title_en="Points of the public credit rating",
        null_zh="没有公共信用综合评价得分",
        null_en="no points of a public credit rating are on file",
        too_high_zh="公共信用综合评价得分 {value} 分，偏高",
        too_high_en="The public credit rating has {value} points, high",
        too_low_zh="公共信用综合评价得分仅 {value} 分，偏低",
        too_low_en="The public credit rating has only {value} points, low",
    ),
    Feature(
        name="public_credit_trend",
        theme=THEME,
        value=points.latest(where=overall) - points.mean(months=36, where=overall),
        unit="points",
        direction=-1,
        title_zh="公共信用得分与近三年均值之差",
        title_en="Points of the public credit rating less the mean of three years",
        null_zh="没有公共信用综合评价得分",
        null_en="no points of a public credit rating are on file",
        too_high_zh="公共信用得分较近三年均值变化 {value} 分，偏高",
        too_high_en="The public credit rating differs by {value} points from the mean of three years, on the high side",
        too_low_zh="公共信用得分较近三年均值变化 {value} 分，偏低",
        too_low_en="The public credit rating differs by {value} points from the mean of three years, on the low side",
    ),
    Feature(
        name="public_lists_adverse",
        theme=THEME,
        value=ratings.count(where=kind.one_of("black_list", "watch_list").and_also(stands)),
        unit="records",
        direction=+1,
        title_zh="目前列入的黑名单和关注名单数",
        title_en="Black and watch lists that name it now",
        null_zh="没有公共信用记录",
        null_en="no public credit record is on file",
        too_high_zh="目前列入 {value} 个黑名单或关注名单",
        too_high_en="{value} black or watch list(s) name it now",
        too_low_zh="目前仅列入 {value} 个黑名单或关注名单",
        too_low_en="Only {value} black or watch list(s) name it now",
    ),
)
