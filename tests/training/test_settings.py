from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from training.config_files import settings_for
from training.errors import TrainingError
from training.settings import RollingOrigin


@pytest.mark.parametrize(
    ("year", "start", "end"),
    [(2000, date(1992, 1, 1), date(1998, 1, 1)), (2007, date(1999, 1, 1), date(2005, 1, 1))],
)
def test_the_training_window_is_six_years_whose_labels_had_ended(
    year: int, start: date, end: date
) -> None:
    assert RollingOrigin(test_years=(year,)).window(year, 24) == (start, end)


def test_the_last_label_of_a_window_ends_before_the_test_year() -> None:
    for year in range(2000, 2008):
        _, end = RollingOrigin(test_years=(year,)).window(year, 24)
        assert date(end.year + 2, end.month, end.day) <= date(year, 1, 1)


def test_a_label_that_is_no_whole_year_ends_its_window_that_many_months_before() -> None:
    window = RollingOrigin(test_years=(2003,), training_years=2).window(2003, 18)
    assert window == (date(1999, 7, 1), date(2001, 7, 1))


@pytest.mark.parametrize("years", [(), (2001, 2000), (2000, 2000)])
def test_test_years_must_rise(years: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError):
        RollingOrigin(test_years=years)


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError, match="extra"):
        type(settings_for("sba"))(**{**settings_for("sba").model_dump(), "learning_rate": 0.1})


def test_settings_by_portfolio() -> None:
    assert settings_for("sba") is settings_for("sba")
    assert settings_for("cards") is settings_for("cards")
    assert settings_for("city-households").simulated
    with pytest.raises(TrainingError, match="sba"):
        settings_for("unknown")
