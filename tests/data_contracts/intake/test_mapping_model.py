"""The mapping language refuses what it does not know, with file, line, key and the expected form."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.catalogue import all_contracts
from data_contracts.errors import ContractsError
from data_contracts.intake.mapping import model as mapping_model
from data_contracts.intake.mapping.model import load_mapping
from data_contracts.intake.mapping.subject import name_subject, normal_name

SHIPPED = Path(mapping_model.__file__).parents[2] / "mappings"


def write(folder: Path, text: str, name: str = "m.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


HEAD = "contract: penalty\nitems:\n"


@pytest.mark.parametrize(
    ("text", "line", "column", "match"),
    [
        (HEAD + "  penalty_no: a\ncolour: red\n", 4, "colour", "unknown"),
        ("items: {a: b}\n", 1, "contract", "missing"),
        (HEAD + "  penalty_no: {column: a, const: b}\n", 3, "items.penalty_no", "has 2 origins"),
        (HEAD + "  penalty_no: {pattern: '(a)'}\n", 3, "items.penalty_no", "has 0 origins"),
        (
            HEAD + "  decided_on: {column: a, dates: [YY]}\n",
            3,
            "items.decided_on",
            "no form of a date",
        ),
        (
            HEAD + "  fine_cents: {column: a, unit: dollars}\n",
            3,
            "items.fine_cents",
            "names no unit",
        ),
        (
            HEAD + "  a: {column: a, pattern: 'x'}\n",
            3,
            "items.a",
            "0 groups; expected one|0 groups",
        ),
        (HEAD + "  a: {column: a, pattern: '(?=x)(y)'}\n", 3, "items.a", "look-around"),
        (HEAD + "  a: {column: a, pattern: '(('}\n", 3, "items.a", "no regular expression"),
        (HEAD + "  a: {column: a, part: 2}\n", 3, "items.a", "belongs to split"),
        (HEAD + "  a: {subject: {}}\n", 3, "items.a.subject", "names no column"),
        (HEAD + "  a: b\nfilter: [{column: a}]\n", 4, "filter.0", "tests nothing"),
        (HEAD + "  a: b\nheader_row: 0\n", 4, "header_row", "greater than or equal"),
        ("contract: penalty\nmessage: rekey\n", 1, None, "rekey"),
        (HEAD + "  a: b\n  a: c\n", 4, None, "occurs twice"),
        (HEAD + "  a: &x b\n  c: *x\n", 3, None, "aliases"),
        (HEAD + "  a: !!python/object:os.system x\n", 3, None, "tags"),
        (HEAD + "  a: [b\n", 4, None, "no well-formed YAML"),
        ("- a\n", None, None, "no mapping"),
        ("", None, None, "no mapping"),
        (HEAD + "  a: " + "[" * 60 + "]" * 60, 3, None, "nests too deep"),
        (HEAD + "# " + "x" * 300_000, None, None, "too large"),
    ],
)
def test_faults_are_placed(
    tmp_path: Path, text: str, line: int | None, column: str | None, match: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ContractsError, match=match) as caught:
        load_mapping(path)
    assert caught.value.file == str(path)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_codes_stay_what_they_look_like(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        HEAD
        + "  a: {column: x, codes: {yes: 01, no: 2, on: off}, yes: [yes], open_ended: 2099-12-31}\n"
        "  b: [c, {column: d}]\n",
        "Tax 税.yaml",
    )
    mapping = load_mapping(path)
    assert mapping.name == "tax"
    assert mapping.items["a"].codes == {"yes": "01", "no": "2", "on": "off"}
    assert mapping.items["a"].open_ended == ("2099-12-31",)
    assert [s.column for s in mapping.items["b"].first_of or ()] == ["c", "d"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractsError, match="No such file"):
        load_mapping(tmp_path / "absent.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"contract: \xff")
    with pytest.raises(ContractsError, match="not UTF-8"):
        load_mapping(tmp_path / "latin.yaml")


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(exclude_categories=("Cs",)), max_size=80))
def test_any_text_is_a_mapping_or_one_clear_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = write(tmp_path_factory.mktemp("yaml"), "contract: penalty\nitems: " + text)
    try:
        load_mapping(path)
    except ContractsError as error:
        assert error.file == str(path)  # noqa: PT017 (one of two lawful ends)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda p: p.stem)
def test_shipped_mappings_fit_their_contracts(path: Path) -> None:
    mapping = load_mapping(path)
    contract = all_contracts()[mapping.contract]
    assert set(mapping.items) <= set(contract.model_fields)
    required = {c.name for c in contract.columns() if not c.nullable}
    assert required <= set(mapping.items)
    assert mapping.supplier is not None


def test_names_of_one_firm_are_equal() -> None:
    assert normal_name(" 顺琦（北京） 劳务〔派遣〕Ａ公司　") == "顺琦(北京)劳务(派遣)A公司"
    assert name_subject("顺琦(北京)公司") == name_subject("顺琦（北京）公司 ")
    assert len(name_subject("甲")) == len("NAME-") + 32
