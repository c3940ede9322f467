"""Each validator on known values: status, normal form and parsed parts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.errors import ContractsError
from data_contracts.identifiers import KINDS, check, resident_id, uscc

INSTITUTIONS = [
    "C1010211000012",
    "C1010311000014",
    "C1010411000013",
    "C1010511003703",
    "C1030131001288",
    "C1030211000389",
    "C1030311000455",
    "C1030411000431",
    "C1030511000483",
    "C1030644021075",
    "C1030744001296",
    "C1030844001362",
    "C1030935001347",
    "C1031031001312",
    "C1040311005293",
    "C1091231000013",
    "C1080211000028",
    "C1302533000018",
    "G4001011000013",
    "Z2004944000010",
]


@pytest.mark.parametrize(
    ("code", "area", "organisation", "province"),
    [
        ("91110000600037341L", "110000", "600037341", "11"),
        ("914403001922038216", "440300", "192203821", "44"),
        ("91110000100005220B", "110000", "100005220", "11"),
        ("91640100MA774ECW4K", "640100", "MA774ECW4", "64"),
        ("N2110105MF00000058", "110105", "MF0000005", "11"),
    ],
)
def test_uscc(code: str, area: str, organisation: str, province: str) -> None:
    found = check("uscc", code)
    assert (found.status, found.normal) == ("ok", code)
    assert found.parts["area"] == area
    assert found.parts["organisation_code"] == organisation
    assert found.parts["province"] == province
    assert found.parts["entity_class"] == code[:2]
    assert found.parts["check"] == code[17]
    assert check("organisation_code", organisation).ok


@pytest.mark.parametrize(
    ("number", "status", "kind"),
    [
        (" 91110000600037341l ", "ok", "uscc"),
        ("91110000600037341X", "bad_checksum", "uscc"),
        ("60003734-1", "ok", "organisation_code"),
        ("600037342", "bad_checksum", "organisation_code"),
        ("440301103097413", "ok", "registration_no"),
        ("440301103097414", "bad_checksum", "registration_no"),
        ("4403011030974", "bad_length", None),  # 13 digits have no check
        ("110105600037341", "bad_checksum", "registration_no"),  # a taxpayer number
        ("9104****5702", "bad_length", None),
        ("9.111E+17", "bad_char", None),
        ("", "bad_length", None),
        (None, "bad_char", None),
    ],
)
def test_a_number_of_an_organisation(number: object, status: str, kind: str | None) -> None:
    found = check("organisation_no", number)
    assert (found.status, found.parts.get("kind")) == (status, kind)


@pytest.mark.parametrize("code", ["91110000600037341L", "N2110105MF00000058"])
def test_any_change_of_one_character_of_a_uscc_is_seen(code: str) -> None:
    for place in range(18):
        for other in uscc.ALPHABET.replace(code[place], ""):
            changed = code[:place] + other + code[place + 1 :]
            assert check("uscc", changed).status == "bad_checksum"
        for other in "IOSVZ-_一":
            changed = code[:place] + other + code[place + 1 :]
            assert check("uscc", changed).status == "bad_char"


def test_the_two_checks_of_a_uscc_are_independent() -> None:
    found = check("uscc", "91330000799655058B")
    assert found.status == "bad_checksum"
    assert found.parts["organisation_ok"] is True
    body = "91110000600037342"  # the organisation part is wrong, the last character is right for it
    found = check("uscc", body + uscc.check_character(body))
    assert (found.status, found.parts["organisation_ok"]) == ("bad_checksum", False)


def test_uscc_of_an_unknown_province_and_of_a_sole_trader() -> None:
    for area, status in (
        ("990000", "bad_component"),
        ("1A0000", "bad_component"),
        ("100000", "ok"),
    ):
        body = f"91{area}600037341"
        assert check("uscc", body + uscc.check_character(body)).status == status
    body = "92440300600037341"
    assert check("uscc", body + uscc.check_character(body)).parts["sole_trader"] is True


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("60003734-1", "600037341"),
        ("19220382-1", "192203821"),
        ("10000522-0", "100005220"),
        ("79965505-8", "799655058"),
        ("MA774ECW-4", "MA774ECW4"),
    ],
)
def test_organisation_code(written: str, normal: str) -> None:
    found = check("organisation_code", written)
    assert (found.status, found.normal, found.parts["written"]) == ("ok", normal, written)
    assert check("organisation_code", normal).ok
    wrong = "0" if normal[8] != "0" else "1"
    assert check("organisation_code", normal[:8] + wrong).status == "bad_checksum"
    assert check("organisation_code", "6000-37341").status == "bad_length"


def test_resident_id() -> None:
    found = check("resident_id", "11010519491231002X")
    assert found.status == "ok"
    assert dict(found.parts) == {
        "area": "110105",
        "province": "11",
        "area_name": "朝阳区",
        "born": "1949-12-31",
        "sequence": "002",
        "sex": "2",
        "check": "X",
        "form": "18",
        "permit": None,
    }
    assert check("resident_id", "110105194912310021").status == "bad_checksum"
    assert check("resident_id", "X1010519491231002X").status == "bad_char"
    assert check("resident_id", "1101051949123100").status == "bad_length"


def test_the_old_form_of_a_resident_id_is_brought_to_18_places() -> None:
    found = check("resident_id", "110105491231002")
    assert (found.status, found.normal) == ("ok", "11010519491231002X")
    assert found.parts["form"] == "15"
    assert check("resident_id", "110105490231002").status == "bad_component"


def _person(area: str, born: str, sequence: str = "001") -> str:
    body = area + born + sequence
    return body + resident_id.check_digit(body)


@pytest.mark.parametrize(
    ("area", "born", "status"),
    [
        ("110105", "19491231", "ok"),
        ("110105", "19000101", "ok"),
        ("110105", "18991231", "bad_component"),
        ("110105", "20000229", "ok"),
        ("110105", "19000229", "bad_component"),
        ("110105", "19490000", "bad_component"),
        ("110105", "20261231", "bad_component"),
        ("110103", "20100101", "ok"),  # 崇文区 stood until 2010
        ("110103", "20110101", "bad_component"),
        ("442000", "19600101", "ok"),  # the code is of 1988, the number was given later
        ("999999", "19600101", "bad_component"),
        ("810000", "19940823", "ok"),
        ("830000", "19940823", "ok"),
    ],
)
def test_area_and_date_of_a_resident_id(area: str, born: str, status: str) -> None:
    assert resident_id.check(_person(area, born), on=date(2026, 6, 30)).status == status


def test_nobody_is_born_tomorrow() -> None:
    number = _person("110105", "20240102")
    assert resident_id.check(number, on=date(2024, 1, 2)).ok
    assert not resident_id.check(number, on=date(2024, 1, 1)).ok


@pytest.mark.parametrize("code", INSTITUTIONS)
def test_real_institution_codes(code: str) -> None:
    found = check("institution_code", code)
    assert found.status == "ok"
    assert found.parts["institution_class"] == code[0]
    assert found.parts["institution"] == code[2:6]
    assert found.parts["province"] == code[6:8]
    assert found.parts["province_name"] is not None
    assert check("institution_code", "I" + code[1:]).status == "bad_char"


@pytest.mark.parametrize(
    ("kind", "value", "status"),
    [
        ("bank_card", "4111111111111111", "ok"),
        ("bank_card", "4111111111111112", "bad_checksum"),
        ("bank_card", "41111111111", "bad_length"),
        ("bank_card", "411111111111111X", "bad_char"),
        ("registration_no", "440301103097413", "ok"),
        ("registration_no", "440301103097414", "bad_checksum"),
        ("registration_no", "4403011030974", "ok"),
        ("registration_no", "44030110309741", "bad_length"),
        ("registration_no", "9903011030974", "bad_component"),
        ("credit_code", "4420010000012345", "ok"),
        ("credit_code", "G1044010100012345X", "ok"),
        ("credit_code", "44200100000123A5", "bad_char"),
        ("cnaps", "102100099996", "ok"),
        ("cnaps", "10210009999", "bad_length"),
        ("mobile", "13800138000", "ok"),
        ("mobile", "19900138000", "ok"),
        ("mobile", "12800138000", "bad_component"),
        ("postcode", "528400", "ok"),
        ("postcode", "5284000", "bad_length"),
        ("lei", "213800KUD8LAJWSQ9D15", "ok"),
        ("lei", "213800KUD8LXJWSQ9D15", "bad_checksum"),
        ("lei", "213800KUD8LAJWSQ9D1", "bad_length"),
        ("area", "442000", "ok"),
        ("area", "442001", "bad_component"),
        ("area", "110103", "ok"),
        ("area", "44200", "bad_length"),
        ("industry", "A01", "ok"),
        ("industry", "C1311", "ok"),
        ("industry", "A1311", "bad_component"),
        ("industry", "1311", "ok"),
        ("industry", "Z01", "bad_char"),
        ("industry", "A", "bad_length"),
    ],
)
def test_status(kind: str, value: str, status: str) -> None:
    assert check(kind, value).status == status


def test_parts_of_smaller_kinds() -> None:
    assert check("bank_card", "6222021234567894").parts["bin"] == "622202"
    assert check("bank_card", "6222021234567894").parts["union_pay"] is True
    assert check("registration_no", "440301103097413").parts["sequence"] == "10309741"
    assert check("registration_no", "4403011030974").parts["check"] is None
    assert check("area", "440100").parts["level"] == "prefecture"
    assert check("industry", "C1311").parts["code"] == "1311"


def test_the_value_is_normalised_first() -> None:
    assert check("uscc", "\u3000９１110000600037341l\n").normal == "91110000600037341L"
    assert check("postcode", 528400).ok
    assert check("resident_id", "11010519491231002x").ok


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1.5,
        float("nan"),
        b"91",
        [],
        {},
        -1,
        10**5000,
        "",
        "\ud800" * 18,
        "\x00",
        "①" * 18,
    ],
    ids=range(13),
)
def test_nothing_that_a_supplier_sends_raises(kind: str, value: object) -> None:
    assert not check(kind, value).ok


def test_a_text_of_ten_megabytes_is_a_wrong_length() -> None:
    for kind in KINDS:
        assert check(kind, "ﷺ" * 3_500_000).status == "bad_length"


@settings(max_examples=60)
@given(st.text(max_size=24) | st.integers() | st.floats() | st.binary())
def test_whatever_the_value_a_result_comes_back(value: object) -> None:
    for kind in KINDS:
        found = check(kind, value)
        assert found.ok == (found.status == "ok")


def test_a_result_shows_no_value() -> None:
    assert "1949" not in repr(check("resident_id", "11010519491231002X"))


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ContractsError, match="no kind"):
        check("passport", "x")
