"""The truth is true: outcomes agree with their probabilities, and records agree with the truth."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from data_contracts.city.health import NOISE, QUALITY, SPREAD, expected
from data_contracts.city.truth import HORIZON, auc, bayes_auc, weighted_auc
from data_contracts.city.write import file_of
from data_contracts.errors import ContractsError


def _loans(town):
    found = town.applications
    rows = found.loans
    return found, rows, found.default_after[rows] <= HORIZON


@pytest.mark.parametrize("name", ["p_true", "p_observable"])
def test_defaults_agree_with_their_probability_in_every_fifth(town, name):
    found, rows, bad = _loans(town)
    p = getattr(found, name)[rows]
    for part in np.array_split(np.argsort(p), 5):
        mean, spread = p[part].mean(), np.sqrt((p[part] * (1 - p[part])).sum()) / len(part)
        assert abs(bad[part].mean() - mean) < 4 * spread


def test_default_rate_and_auc_lie_in_their_stated_ranges(town):
    found, rows, bad = _loans(town)
    assert 0.05 < bad.mean() < 0.09
    best, seen = (weighted_auc(getattr(found, name)[rows]) for name in ("p_true", "p_observable"))
    assert 0.80 < best < 0.84
    assert 0.76 < seen < best


def test_no_function_of_the_records_signal_beats_p_observable(town):
    found, rows, bad = _loans(town)
    limit = auc(found.p_observable[rows], bad)
    assert auc(-found.seen[rows], bad) < limit + 0.01


def test_approval_and_acceptance_happen_as_often_as_said(town):
    found = town.applications
    for p, happened in ((found.p_approve, found.approved), (found.p_accept, found.accepted)):
        for part in np.array_split(np.argsort(p), 5):
            spread = np.sqrt((p[part] * (1 - p[part])).sum()) / len(part)
            assert abs(happened[part].mean() - p[part].mean()) < 4 * spread


def test_the_filter_tells_health_without_bias_and_knows_its_error(town):
    health, month = town.health, 24
    rows = np.flatnonzero((health.begins == 0) & ~np.isin(np.arange(len(town.population)),
                          town.loans.subject))  # fmt: skip
    error = health.latent[rows, month] - health.mean[rows, month]
    assert abs(error.mean()) < 4 * error.std() / np.sqrt(len(rows))
    assert error.var() == pytest.approx(health.variance[rows, month].mean(), rel=0.06)
    assert health.variance[rows, month].max() < QUALITY**2 + SPREAD**2
    assert NOISE > 0


def test_expected_agrees_with_a_simulation():
    rng = np.random.default_rng(1)
    drawn = 1 / (1 + np.exp(-(-2.0 + 1.45 * rng.normal(0, 0.6, 200_000))))
    assert expected(np.array([-2.0]), 1.45, np.array([0.36]))[0] == pytest.approx(
        drawn.mean(), abs=0.002
    )


def test_weighted_auc_by_hand():
    # Pairs (bad, good): p=.5 with p=.1 -> .5 * .9 above, .1 * .5 below, ties .25 and .09 count half.
    p = np.array([0.1, 0.5])
    whole = 0.6 * 1.4
    assert weighted_auc(p) == pytest.approx((0.5 * 0.9 + 0.5 * (0.5 * 0.5 + 0.1 * 0.9)) / whole)


def test_bayes_auc_of_a_folder_holds_the_realised_one(clean):
    found = bayes_auc(clean)
    assert found.loans > 20
    assert 0.7 < found.expected < 0.92
    assert found.low <= found.high


def test_bayes_auc_refuses_a_folder_without_a_city(tmp_path):
    with pytest.raises(ContractsError, match="no city"):
        bayes_auc(tmp_path)


def test_charged_off_loans_are_those_of_the_truth(clean):
    truth = file_of(clean / "truth", "applications")
    differ, bad = (
        duckdb.connect()
        .execute(
            f"""SELECT count(*) FILTER (t.default_within_12 <> (o.status = 'CHARGED_OFF'
              AND o.outcome_on BETWEEN a.opened_on AND a.opened_on + INTERVAL 12 MONTH)), count_if(t.default_within_12)
            FROM read_parquet('{truth}') t
            JOIN read_parquet('{file_of(clean, "loan_account")}') a USING (account_no)
            JOIN read_parquet('{file_of(clean, "loan_outcome")}') o USING (account_no)"""
        )
        .fetchone()
    )
    assert differ == 0
    assert bad > 0


def test_records_before_an_application_tell_of_the_default(town):
    """Mean power use against the usual one of the subject's size, three months before: it ranks defaults."""
    found, rows, bad = _loans(town)
    months = found.month[rows]
    late = months >= 3
    seen = np.mean(
        [town.activity(found.subject[rows], months - back) for back in (1, 2, 3)], axis=0
    )
    assert auc(-seen[late], bad[late]) > 0.72


def test_identities_link_every_alias_to_one_subject(clean):
    path = file_of(clean / "truth", "identities")
    torn, schemes = (
        duckdb.connect()
        .execute(
            f"""SELECT (SELECT count(*) FROM (SELECT alias FROM read_parquet('{path}') GROUP BY alias
              HAVING count(DISTINCT subject_id) > 1)), list(DISTINCT split_part(alias, '-', 1))
            FROM read_parquet('{path}')"""
        )
        .fetchone()
    )
    assert torn == 0
    assert set(schemes) == {"USCC", "ORG", "REG", "NAME"}
