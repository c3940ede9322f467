"""The main job as a new user runs it, twice, on a part of the shipped records."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pypdf import PdfReader

from data_contracts.portfolios import portfolio

XINQIAO = [str(Path(sys.executable).with_name("xinqiao"))]
MODEL_FIELDS = {
    "portfolio",
    "kind",
    "split",
    "auc",
    "auc_low",
    "auc_high",
    "ks",
    "brier",
    "calibration_slope",
    "mlflow_version",
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every third loan of the shipped sample since 2002: three test years, so that two runs fit into a test."""
    table = pq.read_table(portfolio("sba").shipped)
    recent = table.filter(pc.greater_equal(table["ApprovalDate"], date(2002, 1, 1)))
    path = tmp_path_factory.mktemp("source") / "loans.parquet"
    pq.write_table(recent.take(list(range(0, recent.num_rows, 3))), path)
    return path


def run_demo(workspace: Path, source: Path) -> dict[str, Any]:
    done = subprocess.run(
        [
            *XINQIAO,
            "demo",
            "--workspace",
            str(workspace),
            "--source",
            str(source),
            "--city-subjects",
            "2000",
        ],
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    summary: dict[str, Any] = json.loads((workspace / "summary.json").read_text(encoding="utf-8"))
    return summary


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "workspace"


@pytest.fixture(scope="module")
def summaries(workspace: Path, source: Path) -> list[dict[str, Any]]:
    return [run_demo(workspace, source), run_demo(workspace, source)]


def test_every_row_ends_accepted_or_quarantined(
    summaries: list[dict[str, Any]], source: Path
) -> None:
    rows = {p["name"]: p for p in summaries[0]["portfolios"]}
    assert rows["sba"]["rows"] == pq.read_metadata(source).num_rows
    assert rows["cards"]["rows"] == 30_000
    for part in rows.values():
        assert part["accepted"] + part["quarantined"] == part["rows"]
        assert part["accepted"] > 0


def test_models_are_reported_with_intervals_and_versions(summaries: list[dict[str, Any]]) -> None:
    models = summaries[0]["models"]
    assert all(set(row) >= MODEL_FIELDS for row in models)
    assert all(row["auc_low"] <= row["auc"] <= row["auc_high"] for row in models)
    assert all(isinstance(row["mlflow_version"], int) for row in models)
    sba = [row for row in models if row["portfolio"] == "sba"]
    assert {row["kind"] for row in sba} == {"scorecard", "glassbox", "lightgbm"}
    splits = {"oot-2005", "oot-2006", "oot-2007", "oot-mean", "random"}
    assert {row["split"] for row in sba} == splits
    assert {row["lender_history"] for row in sba} == {True, False}
    cards = {row["kind"]: row for row in models if row["portfolio"] == "cards"}
    assert cards["glassbox"]["auc"] > 0.76
    assert cards["glassbox"]["auc"] < 0.80  # more would be a leak


def test_the_simulated_city_is_labelled_and_its_truth_is_the_limit(
    summaries: list[dict[str, Any]],
) -> None:
    city = summaries[0]["city"]
    assert city["simulated"] is True
    assert city["rows"] == city["accepted"] > 100_000
    assert city["quarantined"] == 0
    assert set(city["portfolios"]) == {"city-firms", "city-households"}
    for one in city["portfolios"].values():
        if "not_trained" in one:  # too few households of a small city
            continue
        truth = one["truth"]
        assert 0.6 < truth["observable_auc"] < truth["bayes_auc_high"]
        assert {row["kind"] for row in one["models"]} == {"scorecard", "glassbox", "lightgbm"}
        assert "oot-mean" in {row["split"] for row in one["models"]}
        for row in one["models"]:
            if row["split"] == "oot-mean":
                assert row["auc"] < truth["bayes_auc_high"]  # more would be a leak
    firms = city["portfolios"]["city-firms"]
    best = max(row["auc_low"] for row in firms["models"] if row["split"] == "oot-mean")
    assert best > 0.55
    assert any(row["tells"] for row in firms["themes"])


def test_the_ranking_beats_chance_and_names_its_baseline(summaries: list[dict[str, Any]]) -> None:
    ranking = summaries[0]["ranking"]
    for name in ("recall_at_10", "ndcg_at_10", "baseline_recall_at_10", "baseline_ndcg_at_10"):
        assert 0 < ranking[name] < 1


def test_contributions_add_up_over_http(summaries: list[dict[str, Any]]) -> None:
    for answer in (
        summaries[0]["example"]["score"],
        summaries[0]["example"]["individual"]["score"],
    ):
        total = answer["base"] + sum(part["points"] for part in answer["contributions"])
        assert abs(total - answer["margin"]) < 1e-9
        assert 300 <= answer["score"] <= 900
        assert len(answer["reasons"]) <= 4
        harms = [reason["points"] for reason in answer["reasons"]]
        assert harms == sorted(harms)
        assert all(harm < 0 for harm in harms)


def test_individuals_get_no_products_and_are_told_why(summaries: list[dict[str, Any]]) -> None:
    answer = summaries[0]["example"]["individual"]["recommendations"]
    assert answer["items"] == []
    assert answer["note_zh"]
    assert answer["note_en"]


def test_the_report_is_html_and_pdf_in_chinese(summaries: list[dict[str, Any]]) -> None:
    example = summaries[0]["example"]
    page = Path(example["report_html"]).read_text(encoding="utf-8")
    assert '<html lang="zh' in page
    text = "".join(page.extract_text() for page in PdfReader(example["report_pdf"]).pages)
    for section in ("基本信用状况", "风险提示", "信用趋势", "评分", "产品"):
        assert section in page
        assert section in text


def test_a_second_run_gives_identical_scores(summaries: list[dict[str, Any]]) -> None:
    first, second = summaries
    assert second["portfolios"] == first["portfolios"]
    keep = ("margin", "score", "grade", "probability_of_default", "contributions", "reasons")
    for name in keep:
        assert second["example"]["score"][name] == first["example"]["score"][name]
    figures = [
        [
            {k: v for k, v in r.items() if k not in ("fit_seconds", "mlflow_version")}
            for r in s["models"]
        ]
        for s in summaries
    ]
    assert figures[0] == figures[1]


def test_keep_serving_leaves_the_service_up_until_it_is_told_to_stop(
    summaries: list[dict[str, Any]], workspace: Path
) -> None:
    process = subprocess.Popen(
        [*XINQIAO, "serve", "--workspace", str(workspace), "--port", "38471"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ},
        start_new_session=True,
    )
    try:
        for _ in range(240):
            try:
                if httpx.get("http://127.0.0.1:38471/readyz", timeout=2).status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.5)
        assert httpx.get("http://127.0.0.1:38471/healthz", timeout=5).status_code == 200
    finally:
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) is not None


def test_a_broken_source_is_refused_and_the_lake_is_unchanged(
    summaries: list[dict[str, Any]], workspace: Path, tmp_path: Path
) -> None:
    lake = {p: p.stat().st_mtime_ns for p in sorted((workspace / "lake").rglob("*.parquet"))}
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(Path(portfolio("sba").shipped).read_bytes()[:5000])
    done = subprocess.run(
        [*XINQIAO, "demo", "--workspace", str(workspace), "--source", str(broken)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "broken.parquet" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert lake == {
        p: p.stat().st_mtime_ns for p in sorted((workspace / "lake").rglob("*.parquet"))
    }
