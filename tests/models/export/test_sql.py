"""A model as SQL, run on a real DuckDB: the same answers, whatever names, texts and values are."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from models.errors import ModelsError
from models.export.sql import DIALECTS, to_sql
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.export.fuzz import ROWS, assert_same, awkward_model, awkward_rows
from tests.models.rows import hand_model, make_rows, special_model


def test_duckdb_answers_what_the_model_answers() -> None:
    model = awkward_model()
    frame, applicants = awkward_rows(model, ROWS)
    query = to_sql(model, "duckdb", table="applicants", keys=["row"], contributions=True)
    with duckdb.connect() as database:
        database.register("applicants", applicants)
        found = database.execute(query).df()
    assert_same(found, model, frame)
    assert (found.sort_values("row")["margin"].to_numpy() == model.margin(frame)).all()  # every bit


def test_more_tables_than_one_expression_may_hold() -> None:
    model = awkward_model(extra=110)
    frame, applicants = awkward_rows(model, 200)
    query = to_sql(model, "duckdb", keys=["row"], contributions=True)
    with duckdb.connect() as database:
        database.register("applicants", applicants)
        found = database.execute(query).df().sort_values("row")
    assert (found["margin"].to_numpy() == model.margin(frame)).all()


def test_a_fitted_model_and_a_table_in_a_schema(fitted: AdditiveModel) -> None:
    frame = make_rows(500, seed=8)[0].assign(**{"key no": range(500)})
    with duckdb.connect() as database:
        database.execute('CREATE SCHEMA bank; CREATE TABLE bank."the rows" AS SELECT * FROM frame')
        query = to_sql(fitted, "duckdb", table="bank.the rows", keys=["key no"])
        found = database.execute(query).df().sort_values("key no")
    assert list(found) == ["key no", "margin", "score", "probability"]
    assert (found["margin"].to_numpy() == fitted.margin(frame)).all()


def test_integers_decimals_and_booleans_are_numbers() -> None:
    query = to_sql(special_model(), "duckdb", table="t")
    rows = "(VALUES (-9::INT, 7::DECIMAL(9,2)), (2, NULL)) v(x, y)"
    with duckdb.connect() as database:
        database.execute(f"CREATE TABLE t AS SELECT * FROM {rows}")
        found = database.execute(query).df()["margin"].tolist()
    expected = special_model().margin(pd.DataFrame({"x": [-9, 2], "y": [7.0, None]}))
    assert found == expected.tolist()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_text_is_the_same_each_time_and_names_its_parts(dialect: str) -> None:
    query = to_sql(hand_model(), dialect, contributions=True)
    assert query == to_sql(hand_model(), dialect, contributions=True)
    assert "-- points_3: 'x' x 'c'\n" in query


def test_a_name_can_not_leave_the_comment() -> None:
    field = Field("x\n; DROP TABLE applicants", "number")
    part = hand_model().tables[0]
    model = AdditiveModel(
        Schema((field,)), (type(part)((field.name,), part.axes, part.values, part.mass),), 0.0
    )
    comments = [line for line in to_sql(model, "duckdb").splitlines() if "DROP" in line]
    assert comments[0] == "-- points_1: 'x\\n; DROP TABLE applicants'"


def test_a_model_without_tables_answers_its_base() -> None:
    model = AdditiveModel(hand_model().schema, (), 0.5)
    with duckdb.connect() as database:
        database.execute("CREATE TABLE applicants AS SELECT 1 AS x")
        (row,) = database.execute(to_sql(model, "duckdb", contributions=True)).fetchall()
    assert row == (model.scale.margin(0.5), 375, pytest.approx(0.6224593312018546), row[0])


def test_what_can_not_be_written_is_refused() -> None:
    with pytest.raises(
        ModelsError, match="no SQL dialect 'oracle'; known: duckdb, spark, postgres"
    ):
        to_sql(hand_model(), "oracle")
    with pytest.raises(ModelsError, match="NUL"):
        to_sql(hand_model(), "postgres", table="a\0b")
