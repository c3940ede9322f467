"""The reader takes records apart by bytes, and says of the others what is wrong."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path

import pytest

from data_contracts.errors import ContractsError
from data_contracts.intake.message import STANDARD, Message, blocks, open_message
from tests.data_contracts.intake.message.conftest import Write
from tests.data_contracts.intake.message.samples import NAME, account_record, header, table, written


def rows(message: Message, tag: str) -> list[dict[str, object]]:
    return [row for part in message.segments[tag] for row in part.to_pylist()]


def faults(message: Message) -> list[tuple[object, ...]]:
    return [
        tuple(row[name] for name in ("line", "rule_id", "segment", "field", "value"))
        for row in message.broken().to_pylist()
    ]


def counts(message: Message) -> tuple[int, int]:
    parts = list(message.parts())
    assert all(p.good + p.broken_records == p.records for p in parts)
    return sum(p.good for p in parts), sum(p.broken_records for p in parts)


def test_hand_made_message(message_file: Write) -> None:
    assert len(header()) == 147
    assert len(account_record()) == 407
    path = message_file(account_record())
    message = open_message(path)
    assert message.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (message.name.supplier, message.name.period, message.name.batch_serial) == (
        "C1010211000012",
        "2024-01",
        "001-000",
    )
    assert message.header.generated == datetime(2024, 2, 1, 8, 30)
    assert (message.header.records, message.header.earliest) == (1, date(2024, 1, 31))
    (row,) = rows(message, "A")
    assert row["_line"] == 1
    assert row["name"] == "张三"
    assert row["contract_no"] == "合同2023-1"
    assert row["status_24"] == "///////////*NNNNNNNNNNNN"
    assert row["balance_yuan"] == "0000052000"
    assert row["shared_limit_yuan"] is None
    assert row["negative_notice_on"] is None
    assert counts(message) == (1, 0)
    assert message.broken().num_rows == 0


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_line_ends(message_file: Write, end: bytes) -> None:
    path = message_file(account_record(), account_record(account_no="ACC-2"), end=end)
    assert [r["account_no"] for r in rows(open_message(path), "A")] == ["ACC-1", "ACC-2"]
    path.write_bytes(path.read_bytes()[: -len(end)])
    assert counts(open_message(path)) == (2, 0)


def test_line_ends_may_not_mix(message_file: Write) -> None:
    path = message_file(account_record(), account_record(account_no="ACC-2"), end=b"\r\n")
    whole = path.read_bytes()
    path.write_bytes(whole[:-2] + b"\n")
    assert faults(open_message(path)) == [(2, "MSG-08", None, None, None)]


BROKEN = [
    (account_record()[:-1], (2, "MSG-01", None, None, None)),
    (account_record() + b" ", (2, "MSG-01", None, None, None)),
    (b"", (2, "MSG-01", None, None, None)),
    (b"0001", (2, "MSG-01", None, None, None)),
    (b"abcd" + account_record()[4:], (2, "MSG-01", None, None, None)),
    (b"0407Q" + account_record()[5:], (2, "MSG-02", None, None, None)),
    (b"0408" + account_record()[4:] + b"q", (2, "MSG-02", None, None, None)),
    (b"0407X" + account_record()[5:], (2, "MSG-03", "X", None, None)),
    (b"0810" + account_record()[4:] + account_record()[4:], (2, "MSG-03", "A", None, None)),
    (b"0543" + account_record()[4:] + (b"D" + b" " * 67) * 2, (2, "MSG-03", "D", None, None)),
    (b"0409" + account_record()[4:] + b"D ", (2, "MSG-10", "D", None, None)),
    (account_record(balance_yuan="12O4"), (2, "MSG-05", "A", "balance_yuan", "00000012O4")),
    (account_record(paid_yuan="-5"), (2, "MSG-05", "A", "paid_yuan", "00000000-5")),
    (account_record(opened_on="20230229"), (2, "MSG-06", "A", "opened_on", "20230229")),
    (account_record(due_on="00000000"), (2, "MSG-06", "A", "due_on", "00000000")),
    (account_record(due_on="2025013"), (2, "MSG-06", "A", "due_on", "2025013")),
    (account_record(currency="元"), (2, "MSG-07", "A", "currency", "元")),
    (account_record(id_number="甲"), (2, "MSG-07", "A", "id_number", "**")),
    (account_record(account_no=""), (2, "MSG-09", "A", "account_no", "")),
    (account_record(bill_on=""), (2, "MSG-09", "A", "bill_on", "")),
    (account_record().replace(b"ACC-1", b"AC\t-1"), (2, "MSG-08", None, None, None)),
    (account_record().replace(b"ACC-1", b"AC\x7f-1"), (2, "MSG-08", None, None, None)),
    (
        account_record().replace("张三".encode("gb18030"), b"\xd5\xc5\xff "),
        (2, "MSG-04", "A", "name", "***"),
    ),
]


@pytest.mark.parametrize(("record", "fault"), BROKEN)
def test_broken_records_are_kept(
    message_file: Write, record: bytes, fault: tuple[object, ...]
) -> None:
    good = account_record()
    message = open_message(message_file(good, record, good))
    assert faults(message) == [fault]
    assert counts(message) == (2, 1)
    assert [row["_line"] for row in rows(message, "A")] == [1, 3]


def test_all_faults_of_a_record_are_listed(message_file: Write) -> None:
    broken = account_record(opened_on="x", overdue_periods="7x", name="张三")
    message = open_message(message_file(account_record(), broken))
    assert [fault[3] for fault in faults(message)] == ["opened_on", "overdue_periods"]
    assert counts(message) == (1, 1)


def test_followers_carry_the_key_of_their_account(tmp_path: Path) -> None:
    first = {"institution_code": "C1010211000012", "business_detail": "91", "bill_on": "20240131"}
    path = written(
        tmp_path,
        {
            "A": table([{**first, "account_no": "A1"}, {**first, "account_no": "A2", "_line": 3}]),
            "P": table([{**first, "account_no": "A9", "name": "李四", "_line": 2}]),
            "E": table(
                [
                    {"_line": 3, "name": "甲", "amount_yuan": "5"},
                    {"_line": 1, "name": "乙"},
                    {"_line": 3, "name": "丙"},
                ]
            ),
            "D": table([{"_line": 2, "residence_postcode": "528400"}]),
        },
    )
    message = open_message(path)
    assert [(r["_line"], r["name"], r["base_account_no"]) for r in rows(message, "E")] == [
        (1, "乙", "A1"),
        (3, "甲", "A2"),
        (3, "丙", "A2"),
    ]
    (home,) = rows(message, "D")
    assert (home["_line"], home["base_segment"], home["base_name"]) == (2, "P", "李四")
    assert counts(message) == (3, 0)


def test_a_broken_follower_breaks_its_record(tmp_path: Path) -> None:
    first = {"institution_code": "C1010211000012", "business_detail": "91", "bill_on": "20240131"}
    path = written(
        tmp_path,
        {
            "A": table([{**first, "account_no": "A1"}, {**first, "account_no": "A2"}]),
            "E": table([{"_line": 1, "amount_yuan": "5"}, {"_line": 2, "amount_yuan": "6"}]),
        },
    )
    path.write_bytes(path.read_bytes().replace(b"0000000006", b"000000000x"))
    message = open_message(path)
    assert faults(message) == [(2, "MSG-05", "E", "amount_yuan", "000000000x")]
    assert [row["_line"] for row in rows(message, "A")] == [1]
    assert [row["_line"] for row in rows(message, "E")] == [1]


def test_small_blocks_change_nothing(message_file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [account_record(account_no=f"ACC-{at}", paid_yuan=str(at)) for at in range(40)]
    records[17] = b"0005Q"
    message = open_message(message_file(*records))
    whole = (rows(message, "A"), faults(message))
    monkeypatch.setattr(blocks, "BLOCK", 1000)
    again = open_message(message.path)
    assert len(list(again.parts())) > 10
    assert (rows(again, "A"), faults(again)) == whole


def test_other_widths_are_a_table(tmp_path: Path) -> None:
    wide = STANDARD.with_widths({"A.account_no": 60}, version="9.1")
    assert wide.segments["A"].width == 422
    row = {
        "institution_code": "C1010211000012",
        "business_detail": "91",
        "bill_on": "20240131",
        "account_no": "N" * 60,
    }
    path = written(tmp_path, {"A": table([row])}, layout=wide)
    with pytest.raises(ContractsError, match=r"bytes 1 to 3 .* Expected: 1\.3\."):
        open_message(path)
    (found,) = rows(open_message(path, layouts={"9.1": wide}), "A")
    assert found["account_no"] == "N" * 60


# ---- what concerns the whole file ------------------------------------------------------------


def test_a_file_that_changes_is_refused(message_file: Write) -> None:
    path = message_file(account_record())
    message = open_message(path)
    path.write_bytes(path.read_bytes() + account_record() + b"\n")
    with pytest.raises(ContractsError, match="changed while it was read"):
        list(message.parts())


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        (header(2), r"bytes 37 to 46 .* count 2 record\(s\), but the file holds 1 \(DR-07\)"),
        (header(bills="2024013020240131"), r"bytes 47 to 54 .* earliest bill date"),
        (header(bills="2024013120240201"), r"bytes 55 to 62 .* latest bill date"),
        (header(bills=" " * 16), r"bytes 47 to 54 .* earliest bill date"),
        (header(bills="2024013220240131"), r"bytes 47 to 54 .*are wrong.*YYYYMMDD"),
        (header(bills="2024020120240131"), r"bytes 55 to 62 .*are wrong"),
        (b"9.9" + header()[3:], r"bytes 1 to 3 .* no layout.*1\.3"),
        (b"\xff\xff\xff" + header()[3:], r"bytes 1 to 3 .*cannot be read"),
        (b"1.3X" + header()[4:], r"bytes 4 to 17 .*institution code"),
        (header()[:17] + b"2024023" + header()[24:], r"bytes 18 to 31"),
        (header()[:17] + b"2024 2 1 83000" + header()[31:], r"bytes 18 to 31"),
        (header()[:34] + b"1" + header()[35:], r"byte 35 of the header"),
        (header()[:34] + b"x" + header()[35:], r"byte 35 of the header"),
        (header()[:35] + b"7" + header()[36:], r"byte 36 of the header.*Correction"),
        (header()[:36] + b"         1" + header()[46:], r"bytes 37 to 46"),
        (header()[:62] + b"\xff" + header()[63:], r"bytes 63 to 92 .*contact.*GB18030"),
        (header(kind="3"), r"byte 36 .* character 24"),
        (header().replace(b"C1010211000012", b"C1010311000014"), r"bytes 4 to 17 .* differ"),
        (header()[:-1], r"does not end at byte 147 but at byte 146"),
        (header() + b" ", r"does not end at byte 147 but at byte 148"),
        (header() + b"   ", r"does not end at byte 147\."),
        (b"\xef\xbb\xbf" + header(), r"byte 1: .*byte order mark"),
        ("联系人".encode() + header()[62:], r"does not end at byte 147.*another encoding"),
        (b"", r"does not end at byte 147 but at byte 0"),
    ],
)
def test_headers_that_are_refused(message_file: Write, head: bytes, problem: str) -> None:
    path = message_file(account_record(), head=head)
    with pytest.raises(ContractsError, match=problem) as raised:
        open_message(path)
    assert raised.value.file is not None


def test_empty_and_missing_files(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with pytest.raises(ContractsError, match="cannot be read"):
        open_message(path)
    path.write_bytes(b"")
    with pytest.raises(ContractsError, match=r"empty\. Expected: a header and records"):
        open_message(path)
    path.write_bytes(header(0, bills=" " * 16) + b"\n")
    with pytest.raises(ContractsError, match="holds no records"):
        open_message(path)


def test_a_message_may_not_be_a_link_out_of_its_folder(message_file: Write, tmp_path: Path) -> None:
    path = message_file(account_record())
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / path.name).symlink_to(path)
    with pytest.raises(ContractsError, match="a link that leads out of its folder"):
        open_message(inbox / path.name)


def test_truncated_file(message_file: Write) -> None:
    path = message_file(account_record(), account_record())
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    with pytest.raises(
        ContractsError, match=rf"record 2 ends inside, at byte {len(whole) - 100}\."
    ):
        open_message(path)


def test_doubled_records_show_in_the_count(message_file: Write) -> None:
    path = message_file(account_record())
    path.write_bytes(path.read_bytes() * 2)  # the same file twice: the second header is no record
    with pytest.raises(ContractsError, match=r"count 1 record\(s\), but the file holds 3"):
        open_message(path)


def test_utf8_records_are_named_as_such(message_file: Write) -> None:
    path = message_file(account_record(), account_record(name="王小明"))
    path.write_bytes(path.read_bytes().decode("gb18030").encode())
    with pytest.raises(ContractsError, match=r"in UTF-8: the first such character .* record 1\."):
        open_message(path)


def test_a_line_without_end_is_refused(
    message_file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 4096)
    path = message_file(account_record(), b"A" * 20_000)
    with pytest.raises(ContractsError, match=r"record 2, which begins at byte 557, does not end"):
        open_message(path)


def test_a_broken_record_leaves_the_bill_dates_within(message_file: Write) -> None:
    late = account_record(bill_on="20240229", paid_yuan="x")
    path = message_file(account_record(), late, head=header(2, bills="2024013120240229"))
    assert counts(open_message(path)) == (1, 1)
    unknown = b"0407Q" + account_record()[5:]
    path = message_file(account_record(), unknown, head=header(2, bills="2024013020240229"))
    assert counts(open_message(path)) == (1, 1)
    path = message_file(account_record(), unknown, head=header(2, bills="2024020120240229"))
    with pytest.raises(ContractsError, match="earliest"):
        open_message(path)


def test_no_personal_value_in_faults_or_errors(message_file: Write) -> None:
    broken = account_record(name="张三", id_number="甲乙丙", account_no="号")
    message = open_message(message_file(account_record(), broken))
    shown = str(message.broken().to_pylist()) + repr(message)
    assert "张" not in shown
    assert "甲" not in shown
    assert "号" not in "".join(r["value"] or "" for r in message.broken().to_pylist())
