"""Training of the lender ranking: joining versions, the test out of time, and that the future stays out of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from models.matching.loans import loans_from_frame
from models.matching.ranking import Ranking
from training.errors import TrainingError
from training.ranking import (
    RankingFrames,
    RankingResult,
    RankingSettings,
    loan_table,
    train_ranking,
)

SETTINGS = RankingSettings(
    test_year=2006, training_requests=400, validation_requests=200, bootstrap=50
)


def frames(seed: int = 3, loans: int = 2400) -> RankingFrames:
    """Four years of lending; 15 lenders prefer an area and an amount, so that there is something to learn."""
    random = np.random.default_rng(seed)
    days = [
        date(2003, 1, 1) + timedelta(days=int(d)) for d in np.sort(random.integers(0, 1461, loans))
    ]
    area, large = random.integers(0, 4, loans), random.integers(0, 2, loans)
    lender = (area * 2 + large + random.integers(0, 15, loans) * (random.random(loans) < 0.4)) % 15
    number = [f"{1000 + i}" for i in range(loans)]
    subject = [f"SBA-{n}" for n in number]
    known = {"_known": days, "_version": 1, "_withdrawn": False}
    return RankingFrames(
        loan_account=pd.DataFrame(
            {
                "account_no": number,
                "application_no": number,
                "subject_id": subject,
                "institution": [f"LENDER {i:02d}" for i in lender],
                "amount_cents": np.where(large, 30_000_000, 3_000_000)
                + random.integers(0, 9, loans) * 100_000,
                "opened_on": days,
                **known,
            }
        ),
        loan_application=pd.DataFrame(
            {
                "application_no": number,
                "institution_region": "US-CA",
                "programme": "standard",
                **known,
            }
        ),
        registration=pd.DataFrame(
            {
                "subject_id": subject,
                "region": "US-CA",
                "postal_code": [f"9{a}001" for a in area],
                "industry_code": "722410",
                "employees": random.integers(0, 30, loans),
                "new_business": random.random(loans) < 0.3,
                "franchise": False,
                **known,
            }
        ),
    )


@pytest.fixture(scope="module")
def result() -> RankingResult:
    return train_ranking(frames(), SETTINGS, seed=5)


def test_metrics_are_whole_and_consistent(result: RankingResult) -> None:
    found = result.metrics
    told = {b["name"]: b for b in found["baselines"]}
    assert {b["family"] for b in found["baselines"]} == {
        "overall",
        "region",
        "area",
        "programme",
        "area+programme",
    }
    assert found["baseline_recall_at_10"] == pytest.approx(
        max(b["recall_at_10"] for b in told.values())
    )
    assert found["baseline_ndcg_at_10"] == pytest.approx(
        max(b["ndcg_at_10"] for b in told.values())
    )
    assert told[found["baseline_name"]]["recall_at_10"] == pytest.approx(
        found["baseline_recall_at_10"]
    )
    assert found["recall_gain"] == pytest.approx(
        found["recall_at_10"] - found["baseline_recall_at_10"]
    )
    for name, (low, high) in found["intervals"].items():
        assert low <= found[name] <= high, name
    assert 0 < found["recall_at_10"] <= found["candidate_recall"] <= 1
    assert found["training_years"] == [2003, 2004]
    assert found["n"] == (frames().loan_account["opened_on"] >= date(2006, 1, 1)).sum()


def test_the_order_is_better_than_popularity_where_amounts_matter(result: RankingResult) -> None:
    low, _ = result.metrics["intervals"]["ndcg_gain"]
    assert low > 0


def test_the_artefact_answers_and_survives_a_round_trip(
    result: RankingResult, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {
        "region": "US-CA",
        "postal_code": "92001",
        "industry_code": "722410",
        "programme": "standard",
        "amount_cents": 30_200_000,
    }
    top = result.ranking.recommend(asked, k=3)
    assert top.items[0].product.institution == "LENDER 05"  # area 2, large
    result.ranking.save(tmp_path)
    assert Ranking.load(tmp_path).recommend(asked, k=3) == top
    assert Ranking.load(tmp_path).facts["metrics"]["n"] == result.metrics["n"]


def test_loans_after_the_test_year_change_no_figure(result: RankingResult) -> None:
    past = frames()
    later = {}
    for name in ("loan_account", "loan_application", "registration"):
        table = getattr(past, name).iloc[-300:].copy()
        for column in ("account_no", "application_no", "subject_id"):
            if column in table:
                table[column] = table[column] + "9"
        for column in ("opened_on", "_known"):
            if column in table:
                table[column] = date(2007, 1, 1)
        if "institution" in table:
            table["institution"] = "LENDER 05"
        later[name] = pd.concat([getattr(past, name), table])
    again = train_ranking(RankingFrames(**later), SETTINGS, seed=5)
    assert again.metrics == result.metrics
    assert again.ranking.ranker.text == result.ranking.ranker.text


def test_order_of_the_records_and_arrow_change_nothing() -> None:
    whole = frames(loans=300)
    shuffled = RankingFrames(
        *(
            pa.Table.from_pandas(
                getattr(whole, name).sample(frac=1, random_state=1), preserve_index=False
            )
            for name in ("loan_account", "loan_application", "registration")
        )
    )
    one, other = (loans_from_frame(loan_table(f)) for f in (whole, shuffled))
    assert one.to_arrow().equals(other.to_arrow())


def test_borrowers_of_receivers_are_left_out() -> None:
    whole = frames()
    account = whole.loan_account.copy()
    test = np.flatnonzero(account["opened_on"] >= date(2006, 1, 1))
    account.loc[test[:7], "institution"] = "FDIC/SOME BANK"
    account.loc[test[7:9], "institution"] = "SBA - EDF ENFORCEMENT ACTION"
    account.loc[test[9:10], "institution"] = None
    found = train_ranking(replace(whole, loan_account=account), SETTINGS, seed=5)
    assert found.metrics["excluded"] == {"receiver": 7, "placeholder": 2, "no_lender": 1}
    assert found.metrics["n"] == len(test) - 10
    assert not {"FDIC/SOME BANK", "SBA - EDF ENFORCEMENT ACTION"} & set(found.ranking.loans.lenders)


def test_versions_are_joined_by_what_was_known() -> None:
    day = date(2006, 1, 10)
    known = {"_known": day, "_version": 1, "_withdrawn": False}
    corrected = {"_known": date(2006, 3, 1), "_version": 2, "_withdrawn": False}
    account = {
        "account_no": "1",
        "application_no": "1",
        "subject_id": "SBA-1",
        "institution": "A BANK",
        "amount_cents": 100,
        "opened_on": day,
    }
    firm = {
        "subject_id": "SBA-1",
        "region": "US-CA",
        "postal_code": "94016",
        "industry_code": "722410",
        "employees": 1,
        "new_business": True,
        "franchise": False,
    }
    table = loan_table(
        RankingFrames(
            loan_account=pd.DataFrame(
                [
                    {**account, **known},
                    {
                        **account,
                        "amount_cents": 200,
                        "_known": date(2006, 5, 1),
                        "_version": 2,
                        "_withdrawn": False,
                    },
                ]
            ),
            loan_application=pd.DataFrame(
                [
                    {
                        "application_no": "1",
                        "institution_region": "US-CA",
                        "programme": "standard",
                        **known,
                    }
                ]
            ),
            registration=pd.DataFrame(
                [{**firm, **known}, {**firm, "region": "US-NV", **corrected}]
            ),
        )
    ).sort_values("known_on")
    assert table["known_on"].dt.date.tolist() == [day, date(2006, 3, 1), date(2006, 5, 1)]
    assert [None if pd.isna(u) else u.date() for u in table["until_on"]] == [
        date(2006, 3, 1),
        date(2006, 5, 1),
        None,
    ]
    assert table["region"].tolist() == ["US-CA", "US-NV", "US-NV"]
    assert table["amount_cents"].tolist() == [100, 100, 200]


def test_a_missing_column_is_named() -> None:
    whole = frames(loans=50)
    broken = replace(whole, registration=whole.registration.drop(columns="postal_code"))
    with pytest.raises(TrainingError, match="registration lacks the column 'postal_code'"):
        train_ranking(broken, SETTINGS)


def test_an_amount_of_zero_is_named() -> None:
    whole = frames(loans=50)
    broken = replace(whole, loan_account=whole.loan_account.assign(amount_cents=0))
    with pytest.raises(TrainingError, match="'amount_cents'"):
        train_ranking(broken, SETTINGS)


def test_a_year_without_loans_is_named() -> None:
    with pytest.raises(TrainingError, match="test year 1999"):
        train_ranking(frames(), RankingSettings(test_year=1999))
