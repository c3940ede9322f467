"""Every sentence of the portal, in Chinese and in English."""

from __future__ import annotations

from serving.texts import Both

TEXTS: dict[str, Both] = {
    "brand": Both("信桥", "Xinqiao"),
    "tagline": Both("可解释的信用评分", "Explainable credit scores"),
    "skip": Both("跳到正文", "Skip to content"),
    "language": Both("语言", "Language"),
    "menu": Both("主导航", "Main navigation"),
    "lookup": Both("查询", "Look up"),
    "api": Both("接口文档", "API"),
    "signed_in_as": Both("当前用户", "Signed in as"),
    "log_out": Both("退出", "Log out"),
    "login_title": Both("登录信桥", "Sign in to Xinqiao"),
    "login_lead": Both(
        "供授权机构的人员查询信用评分、匹配产品与信用报告。",
        "For people of authorised institutions: scores, matched products and credit reports.",
    ),
    "user_name": Both("用户名", "User name"),
    "password": Both("密码", "Password"),
    "log_in": Both("登录", "Sign in"),
    "login_point_1": Both("每一分都有出处", "Every point has its source"),
    "login_point_1_text": Both(
        "评分由各项特征的得分相加而成，逐项可查。",
        "A score is the sum of the points of its features, each of them shown.",
    ),
    "login_point_2": Both("每个决策均可重放", "Every decision can be replayed"),
    "login_point_2_text": Both(
        "同样的记录与模型版本，得到同样的结果。",
        "The same records and model version give the same result.",
    ),
    "login_point_3": Both("每次查询均留痕", "Every enquiry leaves a trace"),
    "login_point_3_text": Both(
        "查询人、时间、目的写入不可改写的审计链。",
        "Who, when and why is written to a tamper-evident audit chain.",
    ),
    "lookup_title": Both("查询信用主体", "Look up a subject"),
    "lookup_lead": Both(
        "每次查询都会形成一个可重放的决策，并记入审计链。",
        "Each enquiry makes a decision that can be replayed, and is written to the audit chain.",
    ),
    "kind": Both("主体类别", "Kind of subject"),
    "subject_id": Both("主体编号", "Subject id"),
    "subject_id_hint": Both(
        "报送机构使用的编号，区分大小写。", "The id the supplier reports; case matters."
    ),
    "purpose": Both("查询目的", "Purpose"),
    "purpose_hint": Both(
        "仅限所选目的使用查询结果。", "The result may be used for this purpose only."
    ),
    "do_lookup": Both("查询", "Look up"),
    "examples": Both("演示数据中的示例", "Examples from the demonstration data"),
    "examples_lead": Both(
        "公开数据集中的主体，不含个人身份信息；点击即查询，目的为所示用途。",
        "Subjects of public data sets without personal identities; a click looks one up for the purpose shown.",
    ),
    "example_low": Both("评分较低", "Lower score"),
    "example_middle": Both("评分居中", "Middle score"),
    "example_high": Both("评分较高", "Higher score"),
    "subject_title": Both("信用评分结果", "Credit score result"),
    "score": Both("信用评分", "Credit score"),
    "grade": Both("等级", "Grade"),
    "probability": Both("违约概率", "Probability of default"),
    "as_of": Both("评分日", "As of"),
    "model": Both("模型版本", "Model version"),
    "decision_id": Both("决策编号", "Decision id"),
    "data_quality": Both("数据完整度", "Completeness of data"),
    "data_quality_value": Both("{known} / {inputs} 项有值", "{known} of {inputs} inputs known"),
    "made_for": Both("查询目的", "Purpose"),
    "reasons_title": Both("评分原因", "Reasons"),
    "reasons_lead": Both(
        "降低评分的主要原因（至多四项，影响最大者在前）与提高评分的主要因素。",
        "What lowered the score most (at most four, largest first) and what raised it most.",
    ),
    "reasons_lead_reference": Both(
        "与刚达到通过线（{cut_off} 分）的申请人相比：降低评分的主要原因（至多四项，影响最大者在前）与有利因素。",
        "Against applicants just above the cut-off of {cut_off}: what lowered the score most (at most four, "
        "largest first) and what helped.",
    ),
    "lowering": Both("降低评分", "Lowered the score"),
    "raising": Both("提高评分", "Raised the score"),
    "chart_title": Both("评分原因条形图", "Bar chart of the reasons"),
    "no_reasons": Both("没有降低评分的因素。", "Nothing lowered the score."),
    "nothing_helped": Both("没有提高评分的因素。", "Nothing raised the score."),
    "usual": Both("获批者通常", "Usual among the approved"),
    "recourse_title": Both("怎样改变结果", "What would change the result"),
    "recourse_now": Both("目前评分", "Score now"),
    "recourse_after": Both("改变后评分", "Score after the changes"),
    "recourse_nearest": Both("最高可达", "Nearest within reach"),
    "recourse_target": Both("通过线", "Cut-off"),
    "recourse_follows": Both("随之变化", "Moves along"),
    "recourse_follow": Both(
        "{feature}由 {before} 变为 {after}", "{feature} from {before} to {after}"
    ),
    "recourse_proved": Both(
        "已证明没有更省力的组合。", "It is proved that no combination of less effort does better."
    ),
    "recourse_none_better": Both(
        "已证明可改变项目的任何组合都不能升得更高。",
        "It is proved that no combination of what can be changed comes higher.",
    ),
    "recourse_unproved": Both(
        "组合过多，未能证明没有更省力的组合。",
        "There were too many combinations to prove that none of less effort does better.",
    ),
    "reason_code": Both("原因代码", "Code"),
    "feature": Both("特征", "Feature"),
    "value": Both("取值", "Value"),
    "points": Both("得分", "Points"),
    "reason": Both("说明", "Reason"),
    "as_table": Both("以表格查看", "Show as a table"),
    "all_contributions": Both("全部得分构成", "All contributions"),
    "all_contributions_lead": Both(
        "基准分 {base} 加上下列各项得分，等于未取整的评分 {margin}。",
        "The base of {base} plus the points below is the unrounded score of {margin}.",
    ),
    "base": Both("基准分", "Base"),
    "sum": Both("合计", "Sum"),
    "products_title": Both("匹配产品", "Matched products"),
    "why": Both("推荐理由", "Why"),
    "open_questions": Both("尚待确认", "Still open"),
    "why_not": Both("不符合的条件", "Why not"),
    "rank": Both("排名", "Rank"),
    "eligible": Both("符合条件", "Eligible"),
    "conditional": Both("有条件", "Conditional"),
    "not_eligible": Both("不符合条件", "Not eligible"),
    "not_eligible_title": Both(
        "不符合条件的产品（列出周边最活跃的 {count} 家）",
        "Products that do not fit (the {count} most active nearby)",
    ),
    "products_unavailable": Both(
        "产品匹配暂不可用，评分不受影响。", "Matching is not available now; the score stands."
    ),
    "no_products": Both("没有符合条件的产品。", "No product fits."),
    "report_title": Both("信用报告", "Credit report"),
    "report_lead": Both(
        "按固定规则生成，列明每条提示所依据的记录。",
        "Made by fixed rules; each hint names the records behind it.",
    ),
    "make_report": Both("生成报告", "Make the report"),
    "report_made": Both("报告编号", "Report"),
    "open_html": Both("查看网页版", "Open as a page"),
    "open_pdf": Both("查看 PDF", "Open as PDF"),
    "again": Both("查询另一主体", "Look up another"),
    "scale_note": Both(
        "评分刻度由我们自行设定，范围 {low}–{high}，越高越好。",
        "The scale is ours: {low} to {high}, higher is better.",
    ),
    "gauge_text": Both(
        "评分 {score}，等级 {grade}（{grade_text}），刻度 {low} 至 {high}。",
        "Score {score}, grade {grade} ({grade_text}), on a scale from {low} to {high}.",
    ),
    "clipped": Both(
        "未取整的评分超出公布范围，已按边界公布。",
        "The unrounded score lies outside the published range and is shown at its end.",
    ),
    "missing_subject": Both(
        "没有收到该主体的记录。请核对主体类别与编号。",
        "No records of this subject were received. Check the kind and the id.",
    ),
    "bad_subject": Both(
        "主体编号应为 1 至 64 个可见字符。",
        "A subject id has 1 to 64 printable characters.",
    ),
    "bad_choice": Both("请从列表中选择类别与目的。", "Choose kind and purpose from the lists."),
    "not_ready": Both(
        "评分模型尚未就绪，请稍后再试。",
        "The scoring model is not ready yet. Try again in a little while.",
    ),
    "wrong_login": Both("用户名或密码不正确。", "Wrong user name or password."),
    "problem_back": Both("返回查询页", "Back to the look-up page"),
    "request_id": Both("请求编号", "Request id"),
    "footer": Both(
        "评分仅供参考，不构成授信承诺。评分刻度与等级由我们自行设定。",
        "Scores are for reference and promise no credit. Scale and grades are ours.",
    ),
}


def text(key: str, language: str, **values: object) -> str:
    """A sentence of the portal in a language, with values filled in."""
    found = TEXTS[key].of(language)
    return found.format(**values) if values else found
