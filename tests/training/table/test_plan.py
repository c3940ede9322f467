"""Label, inputs, split and suspicions, before anything is fitted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.training.table.tables import codes, loans, plan, written
from training.errors import TrainingError
from training.table.directions import read_directions
from training.table.label import read_label
from training.table.remark import Remark, shortened
from training.table.split import end_of
from training.table.suspicions import single_auc

# ---- label -----------------------------------------------------------------------------------


def label(values: list[Any], bad: str | None = None) -> tuple[list[Any], str, tuple[str, ...]]:
    column = pd.Series(values)
    if column.dtype.kind not in "fM":
        texts = [None if value is None else str(value) for value in values]
        column = pd.Series(pd.Categorical(texts))
    found = read_label("y", column, bad)
    return found.bad.tolist(), found.bad_value, found.good_values


def test_zero_and_one_need_no_word() -> None:
    assert label([0.0, 1.0, 1.0]) == ([0, 1, 1], "1", ("0",))


@pytest.mark.parametrize(
    ("values", "bad", "expected"),
    [
        ([1.0, 2.0], "2", [0, 1]),
        ([1.0, 2.0], "2.0", [0, 1]),
        ([0.0, 1.0], "0", [1, 0]),
        ([0.0, 1.0], "true", [0, 1]),
        (["Good", "Bad"], "Bad", [0, 1]),
        (["Good", "Bad"], " bad ", [0, 1]),
        (["PIF", "CHGOFF", "OPEN"], "CHGOFF", [0, 1, 0]),
    ],
)
def test_bad_names_the_value(values: list[Any], bad: str, expected: list[int]) -> None:
    assert label(values, bad)[0] == expected


@pytest.mark.parametrize(
    ("values", "bad", "words"),
    [
        ([0.0, 0.0], None, "one class only"),
        ([1.0, 2.0], None, r"holds 1, 2, not 0 and 1.*--bad '2'"),
        (["a", "b"], None, "--bad 'b'"),
        (["PIF", "CHGOFF"], "CHGOF", "did you mean 'CHGOFF'"),
        ([float(i) for i in range(50)], None, "50 different values"),
        ([float(i) for i in range(50)], "3", "50 different values"),
        ([np.nan, np.nan], None, "empty in every row"),
        ([pd.Timestamp("2020-01-01")], None, "holds dates"),
    ],
)
def test_a_label_that_is_none_is_refused(values: list[Any], bad: str | None, words: str) -> None:
    with pytest.raises(TrainingError, match=words):
        label(values, bad)


def test_rows_without_a_label_leave_with_a_warning(tmp_path: Path) -> None:
    frame = loans()
    frame["bad"] = frame["bad"].where(frame.index % 10 > 0)
    made = plan(written(frame, tmp_path))
    assert (made.rows_read, len(made.bad)) == (400, 360)
    assert ("label_missing", "bad") in codes(made)
    assert made.lines[:9].tolist() == list(range(2, 11))


# ---- inputs ----------------------------------------------------------------------------------


def test_roles_and_useless_columns_are_no_inputs(tmp_path: Path) -> None:
    frame = loans().assign(
        same=1,
        nothing=np.nan,
        性别="男",
        customerAge=range(400),
        weight_=1.5,
        copy=lambda f: f["bad"],
    )
    frame.loc[0, "weight_"] = 2.0
    made = plan(written(frame, tmp_path), id="loan_no", weight="weight_", drop=("use",))
    assert made.inputs.schema.names == ("income", "arrears", "region", "approved")
    assert made.inputs.left_out == {
        "bad": "label",
        "loan_no": "id",
        "weight_": "weight",
        "use": "drop",
        "same": "constant",
        "nothing": "all missing",
        "性别": "prohibited",
        "customerAge": "prohibited",
        "copy": "copy of the label",
    }
    assert {("prohibited", "性别"), ("constant", "same"), ("copy_of_label", "copy")} <= codes(made)
    assert {("all_missing", "nothing"), ("code_as_number", "arrears")} <= codes(made)
    assert made.weight is not None
    assert made.weight[:2].tolist() == [2.0, 1.5]


def test_a_category_of_prohibited_levels_is_no_input(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    frame = loans().assign(
        status=random.choice(["male single", "female married", "male divorced"], 400),
        purpose=random.choice(["education", "car", "house", "medical"], 400),
        protected_group=random.choice(["a", "b"], 400),
    )
    found = codes(plan(written(frame, tmp_path)))
    assert {c for code, c in found if code == "prohibited"} == {"status", "protected_group"}


def test_ids_are_found_by_their_values(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    frame = loans().assign(
        counter=range(1000, 1400),
        cust_id=random.integers(0, 10**9, 400),
        amount=random.integers(0, 10**9, 400),
    )
    made = plan(written(frame, tmp_path))
    found = {column for code, column in codes(made) if code == "id"}
    assert found == {"loan_no", "counter", "cust_id"}
    assert "amount" in made.inputs.schema.names


def test_special_codes_and_directions_reach_the_schema(tmp_path: Path) -> None:
    file = tmp_path / "d.yaml"
    file.write_text("income: -1\narrears: up\nuse: 0\n", encoding="utf-8")
    path = written(loans(), tmp_path)
    made = plan(path, special=(-9.0, -8.0), directions=file)
    schema = made.inputs.schema
    assert [schema[n].direction for n in ("income", "arrears", "use")] == [-1, 1, 0]
    assert schema["use"].special == (-9.0,)
    assert schema["income"].special == ()
    assert ("special_unused", "") in codes(made)
    for text, words in {
        "region: up": "'region' is a category",
        "incme: up": "did you mean 'income'",
        "bad: up": "'bad' is no input",
        "income: sideways": "the direction of 'income'",
    }.items():
        file.write_text(text, encoding="utf-8")
        with pytest.raises(TrainingError, match=words):
            plan(path, directions=file)


def test_directions_as_csv(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("column,direction\nincome,-1\n收入,降\nx,+1\n", encoding="utf-8")
    assert read_directions(path) == {"income": -1, "收入": -1, "x": 1}
    path.write_text("income\n", encoding="utf-8")
    with pytest.raises(TrainingError, match="two columns"):
        read_directions(path)


def test_dates_become_days_and_are_told(tmp_path: Path) -> None:
    frame = loans().assign(opened=lambda f: f["approved"] - pd.Timedelta(10, "D"))
    frame["paid"] = frame["approved"] + pd.Timedelta(36, "h")
    made = plan(written(frame, tmp_path, "t.parquet"), time="approved")
    assert made.inputs.frame["opened"].tolist() == [10.0] * 400
    assert made.inputs.frame["paid"].tolist() == [-1.5] * 400
    assert ("date_after", "paid") in codes(made)
    assert ("date_after", "opened") not in codes(made)
    alone = plan(written(frame, tmp_path, "t.parquet"))
    assert alone.inputs.frame["approved"].iloc[0] == 18262.0  # days from 1970 to 2020-01-01
    assert ("date_as_days", "approved") in codes(alone)


# ---- split -----------------------------------------------------------------------------------


def test_the_hold_out_is_stratified_and_seeded(tmp_path: Path) -> None:
    path = written(loans(), tmp_path)
    made, again, other = plan(path), plan(path), plan(path, seed=1)
    learned, judged = made.split.parts[0]
    assert (len(learned), len(judged)) == (280, 120)
    assert sorted([*learned, *judged]) == list(range(400))
    assert made.bad[judged].mean() == pytest.approx(made.bad.mean(), abs=0.01)
    assert again.split.parts[0][1].tolist() == judged.tolist()
    assert other.split.parts[0][1].tolist() != judged.tolist()


def test_rows_of_one_id_stay_together(tmp_path: Path) -> None:
    frame = loans().assign(person=lambda f: f.index // 4)
    path = written(frame, tmp_path)
    for made in (plan(path, id="person"), plan(path, id="person", folds=3)):
        for learned, judged in made.split.parts:
            assert not set(frame["person"][learned]) & set(frame["person"][judged])
    assert len(plan(path, id="person").split.judged) == pytest.approx(120, abs=20)


def test_folds_judge_every_row_once(tmp_path: Path) -> None:
    made = plan(written(loans(), tmp_path), folds=4)
    assert sorted(made.split.judged) == list(range(400))
    assert len(made.split.final) == 400
    with pytest.raises(TrainingError, match="too few for 20 folds"):
        plan(written(loans(40), tmp_path), folds=20)


def test_out_of_time_by_hand(tmp_path: Path) -> None:
    frame = loans().assign(year=[2001, 2002, 2003, 2004] * 100, month=200701, undated=pd.NaT)
    path = written(frame, tmp_path)
    made = plan(path, time="approved", holdout_after="2020-10-26")
    assert made.split.cut == "2020-10-26"
    assert made.split.parts[0][0].tolist() == list(range(300))  # day 300 of the year is the last
    by_year = plan(path, time="year", holdout_after="2002")
    assert by_year.split.parts[0][0].tolist() == [i for i in range(400) if i % 4 < 2]
    assert len(plan(path, time="approved").split.judged) == 120
    with pytest.raises(TrainingError, match="0 after"):
        plan(path, time="month", holdout_after="2007-01")
    with pytest.raises(TrainingError, match="'income' holds no dates"):
        plan(written(frame.dropna(subset="income"), tmp_path), time="income")


def test_days_months_and_years_end() -> None:
    assert str(end_of("20070228")) == str(end_of("2007-02")) == "2007-02-28T23:59:59"
    assert str(end_of("2008/2/29")) == "2008-02-29T23:59:59"
    for text in ("soon", "2007-13", "2007-02-30", ""):
        with pytest.raises(TrainingError, match="is no date"):
            end_of(text)


def test_another_file_is_the_test(tmp_path: Path) -> None:
    path, test = written(loans(), tmp_path), written(loans(100, seed=1), tmp_path, "test.csv")
    made = plan(path, test=test, id="loan_no")
    assert made.split.parts[0][1].tolist() == list(range(400, 500))
    assert made.lines[400:403].tolist() == [1, 2, 3]
    short = written(loans(100).drop(columns="use"), tmp_path, "short.csv")
    with pytest.raises(TrainingError, match="has no column 'use'"):
        plan(path, test=short)
    single = written(loans(100).assign(bad=0), tmp_path, "single.csv")
    with pytest.raises(TrainingError, match="test rows of the split hold 0 bads"):
        plan(path, test=single)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"folds": 3, "time": "approved"}, "exclude each other"),
        ({"holdout_after": "2020"}, "needs the column of the time"),
        ({"folds": 1}, "between 2 and 20"),
        ({"kinds": ("forest",)}, "no model 'forest'"),
        ({"drop": ("bad",)}, "--drop names the label"),
        ({"id": "bad"}, "name the same column"),
        ({"seed": -1}, "--seed"),
        ({"id": "loan"}, "--id: the table has no column 'loan'.*did you mean 'loan_no'"),
        ({"weight": "region"}, "--weight: column 'region' holds no numbers"),
        ({"weight": "income"}, "'income' is missing or not positive in"),
        (
            {"drop": ("income", "arrears", "use", "region", "approved", "loan_no")},
            "is left as an input",
        ),
    ],
)
def test_options_are_checked(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    with pytest.raises(TrainingError, match=words):
        plan(written(loans(), tmp_path), **options)


# ---- suspicions ------------------------------------------------------------------------------


def test_leaks_of_every_kind_are_named(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    frame = loans(1000).assign(
        score=lambda f: f["bad"] + random.normal(0, 0.2, 1000),
        bent=lambda f: np.where(f["bad"] == 1, 5.0, random.choice([0.0, 10.0], 1000)),
        charged=lambda f: random.random(1000) * np.where(f["bad"] == 1, 1, np.nan),
        state=lambda f: np.where(f["bad"] == 1, "v", random.choice(["u", "w"], 1000)),
        bad_flag=random.random(1000),
    )
    found = codes(plan(written(frame, tmp_path)))
    named = {
        ("alone", "score"),
        ("alone", "bent"),
        ("alone", "state"),
        ("missing_tells", "charged"),
    }
    assert named <= found
    suspected = {column for code, column in found if code in ("alone", "missing_tells")}
    assert suspected == {"score", "bent", "state", "charged"}


def test_a_column_named_like_the_label_is_named(tmp_path: Path) -> None:
    frame = loans().rename(columns={"bad": "default"})
    frame["Default_2"] = np.random.default_rng(0).random(400)
    assert ("named_like_label", "Default_2") in codes(plan(written(frame, tmp_path), "default"))


def test_rows_on_both_sides_are_named(tmp_path: Path) -> None:
    once = loans(300).drop(columns="loan_no")
    twice = pd.concat([once, once.iloc[:100]], ignore_index=True)
    assert ("duplicate_rows", "") in codes(plan(written(twice, tmp_path)))
    assert ("duplicate_rows", "") not in codes(plan(written(once, tmp_path)))


def test_one_column_alone_by_hand() -> None:
    bad = np.tile([0.0, 1.0], 200)
    assert single_auc(pd.Series(bad * 2), bad) == 1.0
    assert single_auc(pd.Series(np.where(bad == 1, np.nan, 3.0)), bad) == 1.0
    assert single_auc(pd.Series(np.zeros(400)), bad) == 0.5
    noise = pd.Series(pd.Categorical([f"v{i}" for i in range(400)]))
    assert single_auc(noise, bad) == 0.5  # levels seen once tell nothing of the other half


def test_many_remarks_are_told_in_short() -> None:
    many = [Remark("x", "note", f"列 c{i}。", f"Column c{i}.", f"c{i}") for i in range(9)]
    assert [text.en for text in shortened(many)] == [
        "Column c0.",
        "Column c1.",
        "The same holds for the columns c2, c3, c4, c5, c6, c7, c8.",
    ]
