"""Recommendations: rules before order, exact contributions, honest facts, nothing from the future."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import ModelsError
from models.matching.eligibility import judge, market_of
from models.matching.loans import Loans, day_number, loans_from_frame
from models.matching.pairs import PAIR_FEATURES, pair_features
from models.matching.ranker import Ranker, RankerSettings, RankingRows, fit_ranker
from models.matching.ranking import Ranking
from models.matching.reasons import REASONS
from models.matching.requests import Request, Requests

ASKED: dict[str, Any] = {
    "region": "US-CA",
    "postal_code": "94016",
    "industry_code": "722410",
    "programme": "standard",
    "amount_cents": 2_500_000,
    "new_business": False,
    "employees": 5,
}


def test_small_loans_come_from_lenders_of_small_loans(town_ranking: Ranking) -> None:
    answer = town_ranking.recommend(ASKED, k=2)
    assert {item.product.institution for item in answer.items} == {"ALPHA BANK", "BETA BANK"}
    large = town_ranking.recommend({**ASKED, "amount_cents": 40_500_000}, k=2)
    assert {item.product.institution for item in large.items} == {"GAMMA BANK", "DELTA BANK"}


def test_the_answer_says_what_it_is(town_ranking: Ranking) -> None:
    answer = town_ranking.recommend(ASKED)
    assert [item.rank for item in answer.items] == list(range(1, len(answer.items) + 1))
    scores = [item.score for item in answer.items if item.score is not None]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == len(answer.items)
    assert "不是报价" in answer.note_zh
    assert "no offers" in answer.note_en
    told = json.loads(json.dumps(answer.to_dict(), ensure_ascii=False))
    assert told["items"][0]["product"]["version_date"] == "2007-01-01"
    assert told["as_of"] == answer.to_dict()["as_of"]


def test_contributions_add_up_to_the_score(town_ranking: Ranking) -> None:
    for item in town_ranking.recommend(ASKED).items:
        assert item.base is not None
        assert item.base + sum(c.points for c in item.contributions) == pytest.approx(
            item.score, abs=1e-9
        )
        assert {c.group for c in item.contributions} == {f.group for f in PAIR_FEATURES}


def test_one_request_scores_as_many_do(town_ranking: Ranking, town: Loans) -> None:
    row = int(np.flatnonzero(town.region > 0)[-1])
    day = int(town.event[row])
    requests = Requests.of_loans(town, np.array([row, row]))
    pairs, score = town_ranking.score_many(requests, town_ranking.table_at(day))
    asked = Request(
        region=_text(town, "region", row),
        postal_code=_text(town, "postal", row),
        industry_code=_text(town, "industry", row),
        programme=_text(town, "programme", row),
        amount_cents=int(town.amount[row]),
        new_business=bool(town.new[row]),
        franchise=bool(town.franchise[row]),
        employees=int(town.employees[row]),
    )
    answer = town_ranking.recommend(asked, k=100, as_of=date(1970, 1, 1) + timedelta(days=day))
    single = {item.product.institution: item.score for item in answer.items}
    for q in (0, 1):
        many = {town.lenders[c - 1]: s for c, s in zip(pairs.lender, score, strict=True) if c}
        assert single == pytest.approx({k: many[k] for k in single}, abs=1e-9)
        assert (pairs.query == q).sum() == len(single)


def _text(loans: Loans, name: str, row: int) -> str | None:
    code = getattr(loans, name)[row]
    return loans.vocabularies[name].values[code - 1] if code else None


def test_reasons_tell_counts_that_can_be_recounted(town_ranking: Ranking, town: Loans) -> None:
    answer = town_ranking.recommend(ASKED)
    top = answer.items[0]
    assert top.reasons
    points = {c.group: c.points for c in top.contributions}
    group_of = {text.code: text.group for text in REASONS}
    assert [r.points for r in top.reasons] == sorted((r.points for r in top.reasons), reverse=True)
    for reason in top.reasons:
        assert reason.points == points[group_of[reason.code]]
        assert reason.points > 0
        assert str(reason.values["loans"]) in reason.text_zh
        assert str(reason.values["loans"]) in reason.text_en
        assert "{" not in reason.text_zh + reason.text_en
    lender = town.vocabularies["lender"].code(top.product.institution)
    rows = town.visible(town_ranking.version_day, town_ranking.version_day - 365)
    region = town.vocabularies["region"].code("US-CA")
    here = town.region[rows] == region
    for reason in top.reasons:
        if reason.code == "M-REGION":
            assert reason.values["of"] == here.sum()
            assert reason.values["loans"] == (here & (town.lender[rows] == lender)).sum()
        if reason.code == "M-INDUSTRY":
            same = here & (town.sector[rows] == town.vocabularies["sector"].code("72"))
            assert reason.values["loans"] == (same & (town.lender[rows] == lender)).sum()


REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "region": st.sampled_from(["US-CA", "US-NV", "US-TX"]),
        "postal_code": st.sampled_from(["94016", "89501", "10001"]),
        "industry_code": st.sampled_from(["722410", "441110", "111110"]),
        "programme": st.sampled_from(["standard", "revolving", "lowdoc"]),
        "amount_cents": st.integers(1, 100_000_000),
        "new_business": st.booleans(),
        "employees": st.integers(0, 1000),
    },
)


@settings(max_examples=60, deadline=None)
@given(REQUESTS, st.dates(date(2004, 1, 1), date(2007, 6, 1)), st.booleans())
def test_no_ineligible_product_is_ever_shown(
    town_ranking: Ranking, request_: dict[str, Any], on: date, personalised: bool
) -> None:
    answer = town_ranking.recommend(request_, as_of=on, personalised=personalised, not_shown=50)
    table = town_ranking.table_at(min(day_number(on), town_ranking.version_day))
    market, request = market_of(table), Request.parse(request_)
    for item in answer.items:
        found = judge(request, item.product, market)
        assert found.status == item.eligibility != "not_eligible"
        assert item.conditions == (found.open if personalised else ())
        assert personalised or found.status == "eligible"
    for refused in answer.not_eligible:
        assert judge(request, refused.product, market).failing == refused.failing != ()
    shown = {i.product.product_id for i in answer.items}
    assert not shown & {n.product.product_id for n in answer.not_eligible}


def test_later_loans_change_nothing_for_an_earlier_day(
    town_ranker: Ranker, make_town: Callable[..., pd.DataFrame]
) -> None:
    day = date(2006, 3, 15)
    everything = make_town()
    # Known on the day: before it and known by it. The rest, corrections known later among them, must not matter.
    past = everything[everything["opened_on"] < day]
    corrected = past.iloc[::7].assign(known_on=date(2006, 5, 1), amount_cents=9_900_000_00)
    late = past.iloc[::5].assign(known_on=date(2006, 3, 16), institution="LATE BANK")
    future = everything[everything["opened_on"] >= day].assign(institution="OMEGA BANK")
    both = pd.concat([past.assign(until_on=None), corrected, late, future])
    both.iloc[0 : len(past) : 7, both.columns.get_loc("until_on")] = date(2006, 5, 1)
    known, later = loans_from_frame(past), loans_from_frame(both)
    for request in ({}, ASKED, {**ASKED, "region": "US-NV", "postal_code": "89501"}):
        answers = [
            Ranking(loans, town_ranker, day_number(date(2006, 12, 1)))
            .recommend(request, as_of=day)
            .to_dict()
            for loans in (known, later)
        ]
        assert answers[0]["items"]
        assert answers[0] == answers[1]


def test_requests_after_the_version_are_answered_as_of_it(town_ranking: Ranking) -> None:
    version = town_ranking.version_date
    assert town_ranking.recommend(ASKED, as_of=version + timedelta(days=400)).as_of == version
    assert (
        town_ranking.recommend(ASKED).to_dict()
        == town_ranking.recommend(ASKED, as_of=version).to_dict()
    )


def test_the_order_without_personalisation_ignores_the_borrower(town_ranking: Ranking) -> None:
    def order(request: dict[str, Any], on: date) -> list[str]:
        answer = town_ranking.recommend(request, as_of=on, personalised=False)
        assert all(
            i.score is None and i.reasons == () and i.eligibility == "eligible"
            for i in answer.items
        )
        return [item.product.product_id for item in answer.items]

    day = date(2006, 6, 1)
    one = order(ASKED, day)
    other = order({**ASKED, "postal_code": "94110", "employees": 25, "new_business": True}, day)
    assert one == other
    assert len(one) == 2
    days = [order(ASKED, day + timedelta(days=n)) for n in range(12)]
    assert len({tuple(d) for d in days}) == 2  # nobody is first for ever


def test_a_region_nobody_served_gives_no_products_but_reasons_why(town_ranking: Ranking) -> None:
    answer = town_ranking.recommend({**ASKED, "region": "US-TX"})
    assert answer.items == ()
    assert all("E-REGION" in {v.rule_id for v in n.failing} for n in answer.not_eligible)
    assert len(answer.not_eligible) == 5
    assert answer.note_zh.startswith("没有符合准入规则的产品")


def test_before_the_first_loan_there_is_nothing(town_ranking: Ranking) -> None:
    answer = town_ranking.recommend(ASKED, as_of=date(2003, 1, 1))
    assert (answer.items, answer.not_eligible) == ((), ())


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"request": {"region": "California"}}, "'region'"),
        ({"request": {"colour": 1}}, "'colour'"),
        ({"request": ASKED, "k": 0}, "k must"),
        ({"request": ASKED, "k": True}, "k must"),
        ({"request": ASKED, "as_of": "2006-01-01"}, "as_of"),
        ({"request": ASKED, "as_of": datetime(2006, 1, 1, 12)}, "as_of"),
    ],
)
def test_bad_input_names_the_field(
    town_ranking: Ranking, arguments: dict[str, Any], named: str
) -> None:
    with pytest.raises(ModelsError, match=named):
        town_ranking.recommend(**arguments)


def test_too_few_requests_to_learn_from() -> None:
    rows = RankingRows(
        np.zeros((4, len(PAIR_FEATURES)), np.float32),
        np.array([1, 0, 0, 1]),
        np.array([0, 0, 1, 1]),
    )
    with pytest.raises(ModelsError, match="at least ten"):
        fit_ranker(rows, rows, RankerSettings(), seed=1)


def test_fitting_twice_gives_the_same_trees(town: Loans, town_ranking: Ranking) -> None:
    rows = np.arange(2000, 2400)
    requests = Requests.of_loans(town, rows)
    random = np.random.default_rng(0)
    query = np.repeat(np.arange(len(rows)), 4)
    lender = random.integers(1, 7, len(query))
    inputs = pair_features(town_ranking.book, requests, query, lender)
    learn = RankingRows(inputs, (lender == town.lender[rows][query]).astype(np.int8), query)
    texts = [
        fit_ranker(learn, learn, RankerSettings(trees=5, threads=2), seed=3).text for _ in range(2)
    ]
    assert texts[0] == texts[1]
