"""Areas, industries and word lists of the simulated city."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Industry:
    """An industry class (GB/T 4754-2017) with what it means for size and risk; numbers are ours.

    Parameters
    ----------
    code, title
        Four digits and a word for names of enterprises.
    weight
        Share among enterprises and sole traders, not normalised.
    employees
        Median number of employees of an enterprise.
    revenue
        Median yearly revenue for each employee, in thousands of yuan.
    risk
        Shift of health: above zero is healthier.
    cycle
        How much of the macro shock reaches it.
    """

    code: str
    title: str
    weight: float
    employees: int
    revenue: int
    risk: float
    cycle: float


INDUSTRIES: tuple[Industry, ...] = (
    Industry("0141", "蔬菜", 2.0, 8, 150, -0.05, 0.4),
    Industry("0313", "养殖", 1.5, 9, 220, -0.20, 0.5),
    Industry("1353", "食品", 2.0, 25, 450, 0.10, 0.5),
    Industry("1711", "纺织", 2.0, 40, 350, -0.15, 1.2),
    Industry("2110", "家具", 3.0, 28, 320, -0.10, 1.3),
    Industry("2231", "包装", 2.5, 30, 380, 0.05, 1.0),
    Industry("2641", "涂料", 1.0, 32, 700, 0.10, 1.0),
    Industry("2929", "塑料", 4.0, 30, 420, 0.00, 1.0),
    Industry("3311", "金属", 4.0, 26, 450, -0.05, 1.2),
    Industry("3525", "模具", 3.5, 24, 400, 0.10, 1.0),
    Industry("3670", "汽配", 2.0, 60, 600, 0.10, 1.4),
    Industry("3872", "照明", 3.5, 35, 400, 0.05, 1.1),
    Industry("3982", "电子", 3.0, 55, 550, 0.20, 1.2),
    Industry("4710", "建筑", 3.5, 40, 500, -0.30, 1.5),
    Industry("5011", "装饰", 4.0, 15, 350, -0.25, 1.4),
    Industry("5131", "布匹", 3.5, 7, 1500, -0.05, 1.0),
    Industry("5165", "建材", 4.5, 7, 1600, -0.20, 1.4),
    Industry("5179", "机电", 4.0, 8, 1700, 0.05, 1.0),
    Industry("5211", "百货", 3.0, 9, 500, -0.05, 0.8),
    Industry("5212", "超市", 4.0, 11, 480, 0.00, 0.6),
    Industry("5232", "服装", 4.0, 6, 420, -0.15, 1.0),
    Industry("5292", "电商", 3.5, 8, 900, 0.00, 0.9),
    Industry("5431", "货运", 4.0, 14, 400, -0.20, 1.1),
    Industry("6110", "旅店", 1.5, 25, 220, -0.35, 1.6),
    Industry("6210", "餐饮", 6.0, 14, 180, -0.35, 1.5),
    Industry("6513", "软件", 3.5, 20, 450, 0.35, 0.6),
    Industry("6531", "集成", 2.0, 22, 500, 0.25, 0.7),
    Industry("7241", "会计", 1.0, 12, 300, 0.30, 0.4),
    Industry("7320", "研发", 1.5, 22, 420, 0.30, 0.5),
    Industry("8111", "汽修", 3.0, 7, 250, 0.00, 0.6),
)

AREAS: tuple[tuple[str, str, float], ...] = (
    # code, postcode, share
    ("442000", "528400", 5.0),
    ("440103", "510140", 2.0),
    ("440106", "510630", 2.5),
    ("440111", "510405", 2.0),
    ("320102", "210018", 1.5),
    ("320106", "210009", 1.5),
    ("410203", "475000", 1.0),
    ("410204", "475000", 1.0),
    ("150203", "014010", 1.0),
    ("650102", "830002", 1.0),
)
"""A patchwork on purpose: no real city has these parts, and their codes have stood for decades."""

BIRTH_AREAS = ("110101", "110105", "110108", "310104", "320102", "440103", "440104", "650102")

BRAND = (
    "云岚晨曦禾嘉瑞恒泰丰盛昌隆宏远博雅青松翠竹清溪碧湖星辰海川"
    "江澜山岳峰岭林枫杉柏桐梓兰菊荷梅雪霜露霞虹锦绣华彩铭德"
)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严金魏陶姜"
GIVEN = "安邦承德恩帆光和家俊凯乐明宁平启仁思涛文祥毅志春冬芳桂慧洁静兰丽敏娜佩琴蓉婷娴秀雅颖芸珍"

MARK = "拟"
"""Stands in every simulated person's name; enterprises carry ``（模拟）``."""
