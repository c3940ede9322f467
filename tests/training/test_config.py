"""Configurations: shipped ones load, every key is documented, every refusal names line, key and what is meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.kinds import KINDS
from tests.training.small_portfolio import CONFIG, config_file
from training.config_files import (
    REFERENCE,
    SHIPPED,
    config_keys,
    config_of,
    load_config,
    reference_page,
    settings_for,
    shipped,
    show_config,
)
from training.errors import TrainingError
from training.settings import StatusLabel
from training.train_cli import app
from xinqiao import COMMANDS


def test_every_setting_is_documented() -> None:
    for part, name, field in config_keys():
        assert field.description, f"{part.__name__}.{name}"
        assert part.__doc__


def test_the_reference_page_is_that_of_the_classes() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference_page(), (
        "write it anew: xinqiao train --reference > training/configs/README.md"
    )


def test_shown_configurations_are_read_back_as_the_same(tmp_path: Path) -> None:
    for name in (*shipped(), "sba/new-business"):
        settings = settings_for(name)
        path = tmp_path / "shown.yaml"
        path.write_text(show_config(settings), encoding="utf-8")
        assert load_config(path) == settings
        assert list(load_config(path).models) == list(settings.models)


def test_a_retraining_asks_the_same_of_the_same_records() -> None:
    retraining, whole = load_config(SHIPPED / "retrain" / "sba.yaml"), settings_for("sba")
    apart = ("split", "models", "compare_lender_history")
    assert retraining.model_dump(exclude=set(apart)) == whole.model_dump(exclude=set(apart))
    assert set(retraining.models) == set(whole.models)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("seed: 7", "sede: 7"), "Line 29: the key 'sede' is unknown; did you mean 'seed'?"),
        (
            ("training_years: 5", "trainng_years: 5"),
            "Line 22: the key 'split.trainng_years' is unknown; did you mean 'training_years'?",
        ),
        (
            ("months: 24", "months: 0"),
            "Line 11: label.months: Input should be greater than or equal to 1",
        ),
        (("bad_status: CHARGED_OFF", "bad_status: LATE"), "Line 10: label.bad_status"),
        (("[2006, 2007]", "[2007, 2006]"), "Line 22: split: test_years must be distinct years"),
        (("start: 1999-01-01", "start: 2009-01-01, end: 2009-01-01"), "the window is empty"),
        (("portfolio: sba\n", ""), "portfolio is missing"),
        (("seed: 7", "seed: 7\nseed: 8"), "line 30: the key 'seed' is there twice"),
        (("folds: 2", "fold: 2"), "models.glassbox: fold is unknown; did you mean 'folds'?"),
        (
            ("folds: 2", "folds: 1"),
            "models.glassbox: folds: Input should be greater than or equal to 2",
        ),
        (("  scorecard:", "  deep-net:"), "'deep-net' is no kind of model"),
        (("bootstrap: 50", "candidate: lightgbm"), "'lightgbm' is not among models"),
        (("at_least: 1000000", "equals: []"), "a condition needs"),
        (("view: enterprise", "view: [unclosed"), "is not YAML"),
    ],
)
def test_what_is_wrong_is_named(change: tuple[str, str], told: str, tmp_path: Path) -> None:
    with pytest.raises(TrainingError) as caught:
        load_config(config_file(tmp_path, change))
    assert told in str(caught.value), str(caught.value)


@pytest.mark.parametrize("content", [b"", b"- a\n- b\n", b"\xff\xfe", b"3: 4\n"])
def test_what_is_no_configuration_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(content)
    with pytest.raises(TrainingError):
        load_config(path)


def test_an_absent_file_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="show-config"):
        load_config(tmp_path / "none.yaml")


def test_unknown_portfolios_and_segments_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="did you mean 'cards'"):
        settings_for("card")
    with pytest.raises(TrainingError, match="sba/new-business"):
        settings_for("sba/old")
    with pytest.raises(TrainingError, match="not 'cards'"):
        config_of("cards", config_file(tmp_path))


def test_a_segment_is_a_model_of_its_own_and_the_whole_is_not() -> None:
    assert settings_for("sba/new-business").model_name == "enterprise-default-new-business"
    assert settings_for("sba/enterprise").model_name == "enterprise-default"
    assert isinstance(settings_for("city-firms-90-days").label, StatusLabel)


def test_every_kind_has_checked_settings() -> None:
    for kind in KINDS.values():
        kind.check({})
        with pytest.raises(ValueError, match="unknown"):
            kind.check({"no_such_setting": 1})


def test_the_command_lists_shows_and_documents(tmp_path: Path) -> None:
    run = CliRunner()
    assert "sba/new-business" in run.invoke(app, ["--list"]).stdout
    shown = run.invoke(app, ["sba", "--show-config"]).stdout
    path = tmp_path / "config.yaml"
    path.write_text(shown, encoding="utf-8")
    assert load_config(path) == settings_for("sba")
    assert run.invoke(app, ["--reference"]).stdout == reference_page()
    refused = run.invoke(app, ["sba", "--config", str(config_file(tmp_path, ("seed:", "sed:")))])
    assert refused.exit_code == 1
    assert "did you mean 'seed'" in refused.stdout
    assert "Traceback" not in refused.stdout


def test_commands_name_what_exists() -> None:
    import importlib

    for _, place, _ in COMMANDS.values():
        module, _, attribute = place.partition(":")
        assert hasattr(importlib.import_module(module), attribute), place


def test_the_test_configuration_is_valid(tmp_path: Path) -> None:
    assert load_config(config_file(tmp_path)).models["scorecard"] == {"max_bins": 5}
    assert CONFIG.count("\n") > 20
