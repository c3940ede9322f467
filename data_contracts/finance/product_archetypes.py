"""Twelve archetypes of loan products: fictional composites for examples, tests and the simulated city.

They are no lender's offer and are labelled so (``fictional``). Amounts, terms and conditions follow what
public pages of such products show; spreads over the LPR are typical figures of ours. Conditions on age are
left out: age is protected and serves fairness checks alone.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from data_contracts.finance.loan_product import LoanProduct

WAN = 1_000_000
"""Ten thousand yuan in cents."""

FORBIDDEN_USES = "house_purchase;mortgage_repayment;securities;wealth_products;equity"
"""What REG-52 forbids."""

Rule = tuple[str, str, bool, str, str]
"""Expression, items it reads (joined by semicolons), whether it is hard, reason in Chinese and English."""

_TAX_CLEAN: tuple[Rule, ...] = (
    ("open(tax_arrears)", "tax_arrears.owed_cents", True, "有未缴清的欠税", "Tax arrears stand"),
    ("open(tax_violation)", "tax_violation.kind", True, "非正常户或重大税收违法",
     "Abnormal taxpayer or major tax violation"),
)  # fmt: skip


def _operating(months: int) -> Rule:
    return (
        f"months_since(registration.established_on) >= {months}", "registration.established_on",
        True, f"成立满 {months} 个月", f"Operating for {months} months",
    )  # fmt: skip


_SPECIFIC: dict[str, dict[str, Any]] = {
    "P01": {
        "name": "税易贷（示例）", "customer_types": "E_micro;E_small;SOLE", "category": "credit",
        "channel": "online", "amount": (1, 300), "term": (1, 12), "spread": (30, 200),
        "repayment": "on_demand;interest_monthly", "guarantee_kinds": "credit", "revolving": True,
        "amount_formula": {"op": "min", "of": [{"cap": 300 * WAN}, {"op": "multiply", "of": [
            7, {"item": "tax_payment.tax_paid_cents", "window_months": 12}]}]},
        "eligibility": (
            _operating(24),
            ("tax_grade.grade in (A, B, M)", "tax_grade.grade", True, "纳税信用为 A、B 或 M 级",
             "Tax credit grade A, B or M"),
            ("sum_12m(tax_payment.tax_paid_cents) >= 3000000", "tax_payment.tax_paid_cents", True,
             "近 12 个月纳税不少于 3 万元", "At least 30,000 yuan of tax in 12 months"),
            ("count_3m(tax_payment) >= 1", "tax_payment.tax_paid_on", True, "近 3 个月有纳税",
             "A tax payment in 3 months"),
        ),
        "exclusions": _TAX_CLEAN, "use_allow": "working_capital;materials;wages",
    },
    "P02": {
        "name": "科技专精贷（示例）", "customer_types": "E_micro;E_small;E_medium",
        "category": "credit", "channel": "both", "amount": (50, 1000), "term": (3, 36),
        "spread": (0, 130), "repayment": "interest_monthly", "revolving": True,
        "guarantee_kinds": "credit;risk_pool", "fee_bp": 80,
        "eligibility": (
            ("valid_on(technology_list)", "technology_list.valid_until", True,
             "在有效期内的高企、科技型中小企业或专精特新名录", "On a technology list that is valid"),
            ("ratio(research_spending.spending_cents, research_spending.revenue_cents) >= 0.03",
             "research_spending.spending_cents;research_spending.revenue_cents", False,
             "研发投入占比不低于 3%", "Research at least 3 % of revenue"),
        ),
        "exclusions": (("any(patent.disputed)", "patent.disputed", True, "专利有权属争议",
                        "A patent is disputed"),),
        "use_allow": "research;working_capital;equipment",
    },
    "P03": {
        "name": "惠农贷（示例）", "customer_types": "FARMER;COOP", "category": "credit",
        "channel": "both", "amount": (0.5, 300), "term": (3, 36), "spread": (50, 300),
        "repayment": "interest_quarterly;equal_instalments", "revolving": False,
        "guarantee_kinds": "credit;joint_households;mortgage;policy_guarantee",
        "ltv_by_collateral": "land_contract_right=5000",
        "eligibility": (
            ("known(farm_entity.village_verified)", "farm_entity.village_verified", True,
             "村级信用档案已核实", "Verified in the village's credit file"),
            ("farm_land.area_mu > 0 or farm_entity.scale > 0", "farm_land.area_mu;farm_entity.scale",
             True, "经营土地或养殖规模可核实", "Land or livestock can be verified"),
        ),
        "exclusions": (("count_lenders(multi_lending) > 2", "multi_lending.member_code", True,
                        "在两家以上机构有未结清借款", "Owes more than two lenders"),),
        "use_allow": "farming",
    },
    "P04": {
        "name": "创业担保贷（示例）", "customer_types": "PERSON;E_micro;E_small",
        "category": "guaranteed", "channel": "offline", "amount": (1, 400), "term": (6, 36),
        "spread": (50, 150), "repayment": "equal_instalments;interest_monthly", "revolving": False,
        "guarantee_kinds": "policy_guarantee", "subsidy": "LPR-150BP 以上部分财政贴息（按政策版本）",
        "funding_policy": "POLICY-START-UP",
        "eligibility": (
            _operating(3),
            ("not open(wage_arrears)", "wage_arrears.cleared_on", True, "无拖欠工资", "No wage arrears"),
            ("not open(social_security_arrears)", "social_security_arrears.cleared_on", True,
             "无社保欠费", "No social insurance arrears"),
        ),
        "exclusions": (("open_loans(credit_month) > 1", "credit_month.balance_cents", True,
                        "有其他未结清的经营性贷款", "Other business loans are open"),),
        "use_allow": "start_up;working_capital",
    },
    "P05": {
        "name": "供应链订单贷（示例）", "customer_types": "E_micro;E_small;E_medium;SOLE",
        "category": "pledge", "channel": "online", "amount": (10, 1000), "term": (1, 12),
        "spread": (20, 180), "repayment": "bullet;deducted", "revolving": False,
        "guarantee_kinds": "pledge", "ltv_by_collateral": "receivable=8000", "bullet": 12,
        "eligibility": (
            ("count_12m(invoice_month) >= 6", "invoice_month.invoice_count", True,
             "近 12 个月持续开票", "Invoices in at least 6 of 12 months"),
            ("invoice_month.top_share <= 0.8", "invoice_month.top_share", False,
             "最大客户占比不高于 80%", "The largest client has at most 80 %"),
        ),
        "exclusions": (("open(dishonest_debtor)", "dishonest_debtor.published_on", True,
                        "失信被执行人", "Dishonest judgment debtor"),),
        "use_allow": "order;materials",
    },
    "P06": {
        "name": "抵押快贷（示例）", "customer_types": "E_micro;E_small;E_medium;SOLE;PERSON",
        "category": "mortgage", "channel": "online", "amount": (10, 1000), "term": (6, 120),
        "spread": (-20, 120), "repayment": "equal_instalments;interest_monthly", "revolving": True,
        "guarantee_kinds": "mortgage", "ltv_by_collateral": "house=7000;shop=6000;plant=5000",
        "bullet": 12,
        "eligibility": (
            ("months_since(real_estate.appraised_on) <= 6", "real_estate.appraised_on", True,
             "评估不超过 6 个月", "Appraised within 6 months"),
        ),
        "exclusions": (("open(real_estate_encumbrance) where kind = seizure",
                        "real_estate_encumbrance.kind", True, "房产已被查封",
                        "The property is sealed"),),
        "use_allow": "working_capital;equipment",
    },
    "P07": {
        "name": "出口退税贷（示例）", "customer_types": "E_micro;E_small;E_medium",
        "category": "pledge", "channel": "both", "amount": (10, 1000), "term": (1, 12),
        "spread": (10, 150), "repayment": "deducted", "revolving": False, "bullet": 12,
        "guarantee_kinds": "pledge", "ltv_by_collateral": "refund_account=9000",
        "eligibility": (
            ("export_refund.status in (accepted, approved)", "export_refund.status", True,
             "退税申报已受理", "The refund application is accepted"),
            ("export_refund.export_class in (1, 2, 3)", "export_refund.export_class", True,
             "出口退税管理类别一至三类", "Export class 1 to 3"),
        ),
        "exclusions": (("open(tax_violation) where kind = refund_fraud", "tax_violation.kind", True,
                        "骗取出口退税记录", "Refund fraud on record"),),
        "use_allow": "export;working_capital",
    },
    "P08": {
        "name": "绿色信贷（示例）", "customer_types": "E_small;E_medium", "category": "mixed",
        "channel": "offline", "amount": (50, 5000), "term": (6, 120), "spread": (-30, 80),
        "repayment": "equal_principal;interest_quarterly", "revolving": False,
        "guarantee_kinds": "pledge;mortgage", "ltv_by_collateral": "carbon=6000;charge_right=7000",
        "eligibility": (
            ("environment_rating.grade in (green, blue)", "environment_rating.grade", True,
             "环保信用评价为绿或蓝", "Environmental grade green or blue"),
        ),
        "exclusions": (
            ("environment_rating.unremedied", "environment_rating.unremedied", True,
             "环境问题未整改", "An environmental breach is not remedied"),
            ("environment_rating.grade in (red, black)", "environment_rating.grade", True,
             "环保信用评价为红或黑", "Environmental grade red or black"),
        ),
        "use_allow": "green_project;equipment;working_capital",
    },
    "P09": {
        "name": "知识产权质押贷（示例）", "customer_types": "E_micro;E_small;E_medium",
        "category": "pledge", "channel": "offline", "amount": (50, 1000), "term": (6, 36),
        "spread": (0, 150), "repayment": "interest_monthly", "revolving": False,
        "guarantee_kinds": "pledge", "ltv_by_collateral": "patent=4000;trademark=4000",
        "eligibility": (
            _operating(24),
            ("months_until(patent.expires_on) >= 60", "patent.expires_on", True,
             "专利剩余有效期不少于 5 年", "The patent lives 5 more years"),
            ("tax_grade.grade in (A, B)", "tax_grade.grade", True, "纳税信用 B 级以上",
             "Tax credit grade B or better"),
        ),
        "exclusions": (
            ("all(patent.pledged)", "patent.pledged", True, "专利均已质押", "All patents are pledged"),
            ("any(patent.disputed)", "patent.disputed", True, "专利有争议", "A patent is disputed"),
        ),
        "use_allow": "research;working_capital",
    },
    "P10": {
        "name": "政采贷（示例）", "customer_types": "E_micro;E_small;E_medium;SOLE",
        "category": "pledge", "channel": "online", "amount": (10, 1500), "term": (1, 12),
        "spread": (0, 150), "repayment": "deducted", "revolving": True, "bullet": 12,
        "guarantee_kinds": "credit;pledge", "ltv_by_collateral": "receivable=7000",
        "eligibility": (
            _operating(24),
            ("open(procurement_contract)", "procurement_contract.signed_on", True,
             "有履行中的政府采购合同", "A public procurement contract is running"),
            ("not any_36m(procurement_contract.breached)", "procurement_contract.breached", True,
             "近 3 年无违约", "No breach in 3 years"),
        ),
        "exclusions": (("any(procurement_contract.assigned)", "procurement_contract.assigned", True,
                        "合同已转让或分包", "The contract was assigned"),),
        "use_allow": "order;materials",
    },
    "P11": {
        "name": "首贷户贷（示例）", "customer_types": "E_micro;E_small", "category": "credit",
        "channel": "both", "amount": (5, 200), "term": (3, 24), "spread": (20, 150),
        "repayment": "equal_instalments;interest_monthly", "revolving": False,
        "guarantee_kinds": "credit;policy_guarantee",
        "eligibility": (
            _operating(12),
            ("never(credit_month)", "credit_month.opened_on", True, "从未有过贷款",
             "Never had a loan"),
            ("social_security.insured_people >= 1 or count_6m(invoice_month) >= 6",
             "social_security.insured_people;invoice_month.invoice_count", True,
             "至少 1 人参保或连续 6 个月开票", "One insured person, or 6 months of invoices"),
        ),
        "exclusions": (("open(dishonest_debtor)", "dishonest_debtor.published_on", True,
                        "失信被执行人", "Dishonest judgment debtor"),),
        "use_allow": "working_capital;materials;wages;equipment",
    },
    "P12": {
        "name": "无还本续贷（示例）", "customer_types": "E_micro;E_small;SOLE", "category": "mixed",
        "channel": "offline", "amount": (1, 1000), "term": (3, 12), "spread": (0, 200),
        "repayment": "interest_monthly", "guarantee_kinds": "credit;mortgage;guarantor",
        "revolving": False, "bullet": 12, "amount_formula": {"old_balance": True},
        "eligibility": (
            ("credit_month.five_class in (1, 2)", "credit_month.five_class", True,
             "原贷款为正常或关注类", "The old loan is normal or special mention"),
            ("credit_month.due_on >= as_of", "credit_month.due_on", True, "在到期前申请",
             "Asked before maturity"),
        ),
        "exclusions": (("credit_month.five_class in (3, 4, 5)", "credit_month.five_class", True,
                        "原贷款为不良", "The old loan is non-performing"),),
        "use_allow": "renewal",
    },
}  # fmt: skip


def archetype(
    product_id: str, institution_code: str, valid_from: date, *, version: int = 1
) -> LoanProduct:
    """Make one archetype as a product of an institution.

    Parameters
    ----------
    product_id
        ``P01`` to ``P12``. The product's own id is this one and the institution's code.
    institution_code
        14-character code of the (simulated) lender.
    valid_from
        First day of the version.
    version
        Version of the product.

    Examples
    --------
    >>> tax_loan = archetype("P01", "C1999944000001", date(2024, 1, 1))
    >>> tax_loan.product_id, tax_loan.amount_max_cents, tax_loan.fictional
    ('P01-C1999944000001', 300000000, True)
    """
    given: dict[str, Any] = {**dict.fromkeys(_OPTIONAL), **_SPECIFIC[product_id]}
    smallest, largest = given.pop("amount")
    shortest, longest = given.pop("term")
    low, high = given.pop("spread")
    formula = given.pop("amount_formula", None)
    return LoanProduct(
        product_id=f"{product_id}-{institution_code}",
        version=version,
        subject_id=f"INST-{institution_code}",
        institution_code=institution_code,
        valid_from=valid_from,
        status="published",
        summary="虚构示例，不是任何机构的报价。A fictional example, no lender's offer.",
        amount_min_cents=round(smallest * WAN),
        amount_max_cents=round(largest * WAN),
        amount_formula=json.dumps(formula) if formula else None,
        term_min_months=shortest,
        term_max_months=longest,
        bullet_max_months=given.pop("bullet", None),
        rate_type="floating_lpr1y",
        spread_min_bp=low,
        spread_max_bp=high,
        eligibility=_predicates(product_id, "E", given.pop("eligibility")),
        exclusions=_predicates(product_id, "X", given.pop("exclusions")),
        fee_bp=given.pop("fee_bp", 0),
        early_repay="free",
        use_deny=FORBIDDEN_USES,
        documents="营业执照;法定代表人身份证件;授权书",
        sla_days=3 if given["channel"] == "online" else 10,
        fictional=True,
        **given,
    )


_OPTIONAL = (
    "valid_until", "regions", "industries_allow", "industries_deny", "lpr_on", "subsidy",
    "subsidy_bp", "ltv_by_collateral", "fees", "all_in_max_bp", "funding_policy", "risk_band_min",
)  # fmt: skip


def archetypes(institution_code: str, valid_from: date) -> tuple[LoanProduct, ...]:
    """All twelve archetypes as products of one institution."""
    return tuple(archetype(name, institution_code, valid_from) for name in _SPECIFIC)


def _predicates(product_id: str, letter: str, rules: tuple[Rule, ...]) -> str:
    listed = [
        {
            "id": f"{product_id}-{letter}{place}",
            "expr": expression,
            "source": source.split(";"),
            "hard": hard,
            "reason_zh": reason_zh,
            "reason_en": reason_en,
        }
        for place, (expression, source, hard, reason_zh, reason_en) in enumerate(rules, 1)
    ]
    return json.dumps(listed, ensure_ascii=False)
