"""One run, whole: what it leaves, that it can be repeated byte for byte, and what an interruption leaves."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from data_contracts.workspace import Workspace
from models.kinds import load_kind
from models.metrics import auc
from tests.training.conftest import Trained
from tests.training.small_portfolio import config_file
from training.config_files import load_config
from training.dataset import load_dataset
from training.errors import TrainingError
from training.evaluate import sampled
from training.registry import Registry, State
from training.run import train_portfolio
from training.tracking import Tracking

pytestmark = pytest.mark.xdist_group("training-run")


def record(trained: Trained, into: Path) -> Path:
    return Tracking(trained.workspace).artefact(trained.result.run_id, "record", into)


def tables(workspace: Workspace) -> dict[str, str]:
    """SHA-256 of every fitted model.json by its fit's digest."""
    found = workspace.fits_dir.glob("*/model/model.json")
    return {path.parts[-3]: sha256(path.read_bytes()).hexdigest() for path in found}


def test_a_run_leaves_all_that_a_report_needs(trained: Trained, tmp_path: Path) -> None:
    folder = record(trained, tmp_path)
    read = {p.stem: json.loads(p.read_text()) for p in folder.glob("*.json")}
    assert load_config(folder / "config.yaml") == trained.settings
    assert [s["id"] for s in read["waterfall"]][-1] == "very-large"
    assert (
        read["waterfall"][-1]["rows"] == read["dataset"]["rows"] == len(trained.result.dataset.bad)
    )
    assert read["waterfall"][-1]["left_out"] > 0
    assert read["dataset"]["data_sha256"] == trained.result.dataset.digest
    assert len(read["dataset"]["feature_versions"]) == 17
    assert {s["name"] for s in read["splits"]} == {"oot-2006", "oot-2007", "random"}
    assert read["metrics"]["newest"] == "oot-2007"
    segments = {(s["segment"], s["kind"]) for s in read["metrics"]["segments"] if "auc" in s}
    assert ("new-business", "glassbox") in segments
    for row in read["metrics"]["models"]:
        assert row["auc_low"] <= row["auc"] <= row["auc_high"]
    assert read["certificate"]["p_glassbox"]["holds"]
    with Path(folder / "config.yaml").open() as file:
        assert yaml.safe_load(file)["seed"] == 7


def test_predictions_give_the_figures_again_and_hold_nobody(
    trained: Trained, tmp_path: Path
) -> None:
    folder = record(trained, tmp_path)
    table = pd.read_parquet(folder / "predictions.parquet")
    part = table[table["split"] == "oot-2007"]
    told = next(
        row
        for row in trained.result.rows
        if row["split"] == "oot-2007" and row["kind"] == "glassbox"
    )
    assert auc(part["bad"], part["p_glassbox"]) == pytest.approx(told["auc"])
    assert part["month"].str.startswith("2007-").all()
    dataset = trained.result.dataset
    assert (dataset.bad.iloc[part["row"]].to_numpy() == part["bad"].to_numpy()).all()
    ids = set(dataset.frame["subject_id"])
    for path in trained.workspace.mlflow_artifacts.rglob("*"):
        if path.suffix in (".json", ".yaml"):
            assert not [word for word in path.read_text().split('"') if word in ids]
    assert not [c for c in table.columns if table[c].astype(str).isin(ids).any()]


def test_versions_are_drafts_with_their_run(trained: Trained) -> None:
    versions = Registry(Tracking(trained.workspace)).versions("enterprise-default")
    assert len(versions) == 6
    assert {v.state for v in versions} == {State.DRAFT}
    assert all(v.tags["training_run"] == trained.result.run_id for v in versions)
    chosen = [v for v in versions if v.tags["chosen_on"] == "validation"]
    assert [(v.number, v.tags["kind"], v.tags["split"]) for v in chosen] == [
        (trained.result.candidate, "glassbox", "oot-2007")
    ]
    assert Registry(Tracking(trained.workspace)).champion("enterprise-default") is None
    (run,) = Tracking(trained.workspace).runs("enterprise-default", kind="training")
    assert run.status == "FINISHED"
    assert run.tags["data_sha256"] == trained.result.dataset.digest
    assert run.tags["code_version"]


def test_another_workspace_gives_the_same_bytes(trained: Trained, tmp_path: Path) -> None:
    """Same file, configuration and seed; nothing else is shared, and nothing is taken over."""
    other = Workspace(tmp_path / "other").create()
    shutil.copytree(trained.workspace.lake_dir, other.lake_dir)
    again = train_portfolio(other, trained.settings, developer="somebody else", fresh=True)
    assert not other.fits_dir.exists()
    first, second = (
        {sha256(p.read_bytes()).hexdigest() for p in w.mlflow_artifacts.rglob("model/model.json")}
        for w in (trained.workspace, other)
    )
    assert first == second
    assert len(first) == 6
    figures = [
        [{k: v for k, v in row.items() if k != "fit_seconds"} for row in rows]
        for rows in (trained.result.rows, again.rows)
    ]
    assert figures[0] == figures[1]


def test_ctrl_c_leaves_a_killed_run_no_version_and_finished_fits(
    trained: Trained, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "stopped").create()
    fits = 0

    def stop(step: str, done: int, total: int) -> None:
        nonlocal fits
        fits = done
        if "oot" in step and done == 2:
            raise KeyboardInterrupt

    tracking = Tracking(workspace)
    dataset = trained.result.dataset
    with pytest.raises(KeyboardInterrupt):
        train_portfolio(workspace, trained.settings, developer="a", dataset=dataset, progress=stop)
    assert fits == 2
    assert [run.status for run in tracking.runs("enterprise-default")] == ["KILLED"]
    assert Registry(tracking).versions("enterprise-default") == []
    finished = tables(workspace)
    assert len(finished) == 2
    assert not [p for p in workspace.fits_dir.iterdir() if p.name.startswith(".")]

    times = {p: p.stat().st_mtime_ns for p in workspace.fits_dir.rglob("model.json")}
    done = train_portfolio(workspace, trained.settings, developer="a", dataset=dataset)
    assert (
        times.items()
        <= {p: p.stat().st_mtime_ns for p in workspace.fits_dir.rglob("model.json")}.items()
    )
    assert finished.items() <= tables(workspace).items()
    assert tables(workspace) == tables(trained.workspace)
    assert done.candidate == trained.result.candidate
    statuses = [run.status for run in tracking.runs("enterprise-default", kind="training")]
    assert statuses == ["FINISHED", "KILLED"]


def test_a_damaged_fit_is_fitted_again(trained: Trained, tmp_path: Path) -> None:
    from training.fit_store import FitStore

    shutil.copytree(trained.workspace.fits_dir, tmp_path / "fits")
    place = next((tmp_path / "fits").iterdir())
    store = FitStore(tmp_path / "fits")
    found = store.find(place.name)
    assert found is not None
    assert load_kind(place / "model").probability(trained.result.dataset.frame).shape
    (place / "model" / "model.json").write_text("{}")
    assert store.find(place.name) is None
    assert store.find("0" * 64) is None


def test_sampling_keeps_all_bads_and_weighs_goods(trained: Trained) -> None:
    dataset = trained.result.dataset
    rows = np.arange(len(dataset.bad))
    chosen, weight = sampled(dataset, rows, "oot-2007")
    assert weight is not None
    bad = dataset.bad.to_numpy()
    assert bad[chosen].sum() == bad.sum()
    goods = weight[bad[chosen] == 0]
    assert len(goods) == round((bad == 0).sum() / 2)
    assert goods.sum() == pytest.approx((bad == 0).sum())
    assert (weight[bad[chosen] == 1] == 1).all()
    assert (sampled(dataset, rows, "oot-2007")[0] == chosen).all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("[franchise]", "[franchice]"), "no feature 'franchice'. Hint: did you mean 'franchise'"),
        (("start: 1999-01-01", "start: 2100-01-01"), "within the window"),
        (("equals: [1]", "equals: [7]"), "sba/new-business has no data"),
        (("[2006, 2007]", "[1980]"), "10 bad outcomes"),
    ],
)
def test_what_can_not_be_trained_is_refused(
    change: tuple[str, str], told: str, trained: Trained, tmp_path: Path
) -> None:
    settings = load_config(config_file(tmp_path, change))
    if "segment" in told or "no data" in told:
        settings = settings.of_segment("new-business")
    with pytest.raises(TrainingError) as caught:
        train_portfolio(trained.workspace, settings, developer="a")
    assert told in str(caught.value)
    statuses = [r.status for r in Tracking(trained.workspace).runs("enterprise-default")]
    assert "RUNNING" not in statuses


def test_a_portfolio_without_data_says_to_take_it_in(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "empty").create()
    settings = load_config(config_file(tmp_path))
    with pytest.raises(TrainingError, match="xinqiao contracts intake"):
        load_dataset(workspace, settings)
