"""The platform's own records: lenders, branches, products, policies, acceptance, waivers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from data_contracts.city.city import City
from data_contracts.city.generic import Piece
from data_contracts.city.lenders import ARCHETYPES, BULLET, INSTALMENTS, LENDERS
from data_contracts.city.places import AREAS
from data_contracts.city.population import ENTERPRISE, FARMER, INDIVIDUAL, SOLE_TRADER
from data_contracts.city.themes.lending import GUARANTEE_NAMES
from data_contracts.city.themes.shape import Builder, at, serials

CUSTOMERS = {
    ENTERPRISE: "E_micro;E_small;E_medium",
    SOLE_TRADER: "SOLE",
    FARMER: "FARMER",
    INDIVIDUAL: "PERSON",
}
REPAYMENT_NAMES = {INSTALMENTS: "equal_principal", BULLET: "bullet"}


def _everyone(city: City) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    lender = np.arange(LENDERS)
    begun = np.full(LENDERS, int(city.settings.days(0)) - 1000)
    return np.full(LENDERS, -1), lender, begun


def _areas(city: City) -> pa.Array:
    codes = pa.array([code for code, _, _ in AREAS])
    return codes.take(pa.array(city.lenders.area))


def _institutions(city: City) -> Iterator[Piece]:
    nobody, lender, begun = _everyone(city)
    kinds = ["city_bank" if "城市" in name else "rural_bank" if "农村" in name
             else "village_bank" if "村镇" in name else "small_loan" for name in city.lenders.name]  # fmt: skip
    yield {
        "_i": nobody,
        "_lender": lender,
        "_known": begun + 1,
        "changed_on": begun,
        "change": at("create", np.zeros(LENDERS)),
        "state": at("active", np.zeros(LENDERS)),
        "name": pa.array(city.lenders.name),
        "short_name": pa.array(city.lenders.name),
        "uscc": pa.nulls(LENDERS, pa.string()),
        "institution_class": pa.array([code[0] for code in city.lenders.code]),
        "kind": pa.array(kinds),
        "tier": at("city", np.zeros(LENDERS)),
        "area": _areas(city),
        "reporting_from": begun + 30,
        "query_from": begun + 150,
    }


def _branches(city: City) -> Iterator[Piece]:
    nobody, lender, begun = _everyone(city)
    for number in range(1, 4):
        yield {
            "_i": nobody,
            "_lender": lender,
            "_known": begun + 1,
            "branch_code": pa.array(
                [f"{code[:8]}{number:05d}{code[-1]}" for code in city.lenders.code]
            ),
            "changed_on": begun,
            "change": at("create", np.zeros(LENDERS)),
            "state": at("active", np.zeros(LENDERS)),
            "name": pa.array([f"{name}第{number}支行" for name in city.lenders.name]),
            "area": _areas(city),
        }


def _predicates(code: str) -> tuple[str, str]:
    """Conditions of an archetype: a few months of business, and no open dishonesty."""
    first = {
        "id": f"{code}-E1", "expr": "registration.months_since_established >= 12",
        "source": ["registration.established_on"], "hard": True,
        "reason_zh": "（模拟）经营满 12 个月", "reason_en": "(simulated) twelve months in business",
    }  # fmt: skip
    bar = {
        "id": f"{code}-X1", "expr": "count(dishonest_debtor.removed_on is null) = 0",
        "source": ["dishonest_debtor.removed_on"], "hard": True,
        "reason_zh": "（模拟）不得为失信被执行人", "reason_en": "(simulated) no listed judgment debtor",
    }  # fmt: skip
    return json.dumps([first], ensure_ascii=False), json.dumps([bar], ensure_ascii=False)


def _products(city: City) -> Iterator[Piece]:
    lender, archetype = np.nonzero(city.lenders.offers)
    kinds = [ARCHETYPES[place] for place in archetype]
    count = len(kinds)
    begun = np.full(count, int(city.settings.days(0)) - 365)
    margin = city.lenders.margin[lender].astype(int)
    low = np.maximum(np.array([one.spread[0] for one in kinds]) + margin, -300)
    ids = [f"{one.code}-{row + 1:02d}" for one, row in zip(kinds, lender, strict=True)]
    predicates = [_predicates(one.code) for one in kinds]
    yield {
        "_i": np.full(count, -1),
        "_lender": lender,
        "_known": begun,
        "product_id": pa.array(ids),
        "version": np.ones(count, dtype=np.int64),
        "valid_from": begun,
        "valid_until": (begun, np.ones(count, dtype=bool)),
        "status": at("published", np.zeros(count)),
        "name": pa.array([f"模拟{one.title_zh}" for one in kinds]),
        "category": pa.array([{"2": "mortgage", "1": "pledge", "4": "credit"}.get(one.guarantee, "guaranteed")
                              for one in kinds]),
        "customer_types": pa.array([";".join(CUSTOMERS[kind] for kind in one.kinds) for one in kinds]),
        "amount_min_cents": np.array([one.least for one in kinds]),
        "amount_max_cents": np.array([one.most for one in kinds]),
        "term_min_months": np.array([min(one.terms) for one in kinds]),
        "term_max_months": np.array([max(one.terms) for one in kinds]),
        "bullet_max_months": np.array([min(one.terms) for one in kinds]),
        "revolving": np.array([one.programme == "revolving" for one in kinds]),
        "rate_type": at("floating_lpr1y", np.zeros(count)),
        "spread_min_bp": low,
        "spread_max_bp": low + np.array([one.spread[1] - one.spread[0] for one in kinds]),
        "repayment": pa.array([REPAYMENT_NAMES.get(one.repayment, "interest_monthly") for one in kinds]),
        "guarantee_kinds": pa.array([GUARANTEE_NAMES[one.guarantee] for one in kinds]),
        "eligibility": pa.array([one for one, _ in predicates]),
        "exclusions": pa.array([one for _, one in predicates]),
        "ltv_by_collateral": pa.nulls(count, pa.string()),
        "regions": pa.nulls(count, pa.string()),
        "industries_allow": pa.nulls(count, pa.string()),
        "industries_deny": pa.nulls(count, pa.string()),
        "fictional": np.ones(count, dtype=bool),
    }  # fmt: skip


def _policies(city: City) -> Iterator[Piece]:
    count = 6
    day = np.full(count, int(city.settings.days(0)) - 200) + np.arange(count) * 30
    titles = ["小微贴息", "担保费补助", "科技贷款风险补偿", "惠农贷款", "首贷户补助", "续贷支持"]
    yield {
        "_i": np.full(count, -1),
        "_lender": np.zeros(count, dtype=np.int64),
        "_known": day,
        "subject_id": pa.array(["GOV-SIMULATED"] * count),
        "article_no": serials("ZC", np.arange(count)),
        "version": np.ones(count, dtype=np.int64),
        "title": pa.array([f"（模拟）{title}办法" for title in titles]),
        "text": pa.array(
            [f"（模拟）{title}：本文为模拟城市的示例，不是真实政策。" for title in titles]
        ),
        "published_on": day,
        "valid_from": day,
        "valid_until": day + 365 * 5,
    }


def _acceptances(city: City) -> Iterator[Piece]:
    nobody, lender, _ = _everyone(city)
    yield {
        "_i": nobody,
        "_lender": lender,
        "acceptance_no": serials("YS", lender),
        "contract": at("credit_month", np.zeros(LENDERS)),
        "contract_version": at("1.0", np.zeros(LENDERS)),
        "first_month": city.settings.days(np.full(LENDERS, -6), 1),
        "last_month": city.settings.days(np.full(LENDERS, -4), 1),
        "months": np.full(LENDERS, 3),
        "result": at("passed", np.zeros(LENDERS)),
        "figures": pa.array(['{"simulated":true}'] * LENDERS),
        "accepted_on": city.settings.days(np.full(LENDERS, -3), 20),
        "query_from": city.settings.days(np.full(LENDERS, -2), 1),
    }


def _waivers(city: City) -> Iterator[Piece]:
    yield {
        "_i": np.full(1, -1),
        "_lender": np.zeros(1, dtype=np.int64),
        "contract": at("credit_month", np.zeros(1)),
        "rule_id": at("LR-12", np.zeros(1)),
        "record_key": pa.array([f"{city.lenders.code[0]}|1|DK-SIMULATED|2021-01-31"]),
        "reason": pa.array(["（模拟）示例豁免：本金已还、利息未清"]),
        "waived_by": pa.array(["模拟管理员"]),
        "waived_on": city.settings.days(np.full(1, city.settings.months - 1), 28),
    }


BUILDERS: dict[str, Builder] = {
    "institution": _institutions,
    "branch": _branches,
    "loan_product": _products,
    "policy_article": _policies,
    "acceptance": _acceptances,
    "waiver": _waivers,
}
