"""The audit chain: append-only, linear under concurrency, tampering seen."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from serving.actions import ACTIONS
from serving.audit import GENESIS, Entry, Head, entry_hash
from serving.moments import digest
from serving.tables import audit, decisions
from tests.serving.helpers import BANK, Operations, decision, operations, scored


@pytest.fixture
def ops(tmp_path: Path) -> Operations:
    return operations(tmp_path)


def unlock(ops: Operations) -> None:
    """What an intruder with the file could do: remove the triggers."""
    with ops.database.write() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("DROP TRIGGER audit_no_delete"))


def test_the_first_entry_follows_a_fixed_genesis(ops: Operations) -> None:
    assert digest("信桥 xinqiao audit chain") == GENESIS
    with ops.database.read() as connection:
        first = connection.execute(select(audit).order_by(audit.c.seq)).mappings().first()
    assert first is not None
    assert (first["seq"], first["prev_hash"]) == (1, GENESIS)
    # The hash, worked out by hand: canonical JSON of everything in the entry.
    by_hand = (
        f'{{"action":"AA-10","at":"{first["at"]}","client_id":"xinqiao","details":"{{}}",'
        f'"object_id":"demo-bank","prev_hash":"{GENESIS}","seq":1,"subject":"","user_id":""}}'
    )
    assert first["hash"] == digest(by_hand) == entry_hash(first)


@pytest.mark.parametrize("statement", [update(audit).values(action="AA-09"), delete(audit)])
def test_rows_cannot_be_changed_or_removed(ops: Operations, statement: object) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only"),
        ops.database.write() as connection,
    ):
        connection.execute(statement)  # type: ignore[call-overload]
    assert ops.audit.verify().ok


def test_an_unknown_action_is_refused_and_nothing_is_written(ops: Operations) -> None:
    before = ops.audit.head()
    with pytest.raises(ValueError, match="AA-99"):
        ops.audit.record(Entry(BANK, "AA-99"))
    assert ops.audit.head() == before


def test_an_edit_a_removal_and_a_cut_are_seen(ops: Operations) -> None:
    for n in range(5):
        ops.ledger.record_decision(decision(f"scr_{n}"), scored(f"scr_{n}"))
    noted = ops.audit.head()
    assert ops.audit.verify(noted).ok
    unlock(ops)

    def tampered(statement: object) -> tuple[str, ...]:
        with ops.database.engine.connect() as connection:
            connection.execute(text("SAVEPOINT look"))
            connection.execute(statement)  # type: ignore[call-overload]
            connection.commit()
        faults = ops.audit.verify(noted).faults
        return faults

    seq = noted.seq
    with ops.database.read() as connection:
        row = dict(connection.execute(select(audit).where(audit.c.seq == 4)).mappings().one())
    assert any(
        "entry 4 was changed" in f
        for f in tampered(update(audit).where(audit.c.seq == 4).values(object_id="scr_x"))
    )
    tampered(update(audit).where(audit.c.seq == 4).values(object_id=row["object_id"]))
    assert ops.audit.verify(noted).ok
    assert any("noted head" in f for f in tampered(delete(audit).where(audit.c.seq == seq)))


def test_a_removed_entry_in_the_middle_is_seen(ops: Operations) -> None:
    for n in range(3):
        ops.ledger.record_decision(decision(f"scr_{n}"), scored(f"scr_{n}"))
    unlock(ops)
    with ops.database.write() as connection:
        connection.execute(delete(audit).where(audit.c.seq == 3))
    faults = ops.audit.verify().faults
    assert any("entry 3 is missing" in f for f in faults)
    assert any("does not follow" in f for f in faults)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (update(decisions).values(answer='{"score":900}'), "was changed"),
        (delete(decisions), "are gone"),
    ],
)
def test_a_changed_or_removed_decision_is_seen(ops: Operations, change: object, seen: str) -> None:
    ops.ledger.record_decision(decision("scr_1"), scored("scr_1"))
    assert ops.audit.verify().ok
    with ops.database.write() as connection:
        connection.execute(change)  # type: ignore[call-overload]
    assert any(seen in fault for fault in ops.audit.verify().faults)


def test_a_decision_written_past_the_audit_is_seen(ops: Operations) -> None:
    with ops.database.write() as connection:
        connection.execute(decisions.insert(), decision("scr_1"))
    assert ops.audit.verify().faults == ("scr_1 has no audit entry",)


def test_decision_and_audit_entry_commit_together_or_not_at_all(ops: Operations) -> None:
    before = ops.audit.head()
    with pytest.raises(ValueError, match="AA-99"):
        ops.ledger.record_decision(decision("scr_1"), Entry(BANK, "AA-99"))
    with pytest.raises(IntegrityError):
        ops.ledger.record_decision(decision("scr_2", client_id="nobody"), scored("scr_2"))
    assert ops.audit.head() == before
    with ops.database.read() as connection:
        assert connection.execute(select(decisions)).all() == []


def test_sixteen_writers_leave_a_linear_chain(ops: Operations) -> None:
    start, each = ops.audit.head().seq, 8
    errors: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for n in range(each):
                name = f"scr_{worker}_{n}"
                ops.ledger.record_decision(decision(name), scored(name))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    result = ops.audit.verify()
    assert result.ok
    assert result.entries == start + 16 * each


def test_two_processes_worth_of_engines_share_one_chain(tmp_path: Path) -> None:
    """Two engines on one file are what two worker processes are."""
    both = [operations(tmp_path), operations(tmp_path)]
    errors: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for n in range(20):
                name = f"scr_{worker}_{n}"
                both[worker].ledger.record_decision(decision(name), scored(name))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert both[0].audit.verify().ok


def test_one_bad_row_does_not_take_its_neighbours_down(ops: Operations) -> None:
    outcome: dict[str, str] = {}

    def work(name: str, client: str) -> None:
        try:
            ops.ledger.record_decision(decision(name, client_id=client), scored(name))
            outcome[name] = "kept"
        except IntegrityError:
            outcome[name] = "refused"

    threads = [
        threading.Thread(target=work, args=(f"scr_{n}", "nobody" if n == 3 else "demo-bank"))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcome == {f"scr_{n}": "refused" if n == 3 else "kept" for n in range(8)}
    assert ops.audit.verify().ok


def test_the_chain_holds_no_subject_id(ops: Operations) -> None:
    about = ops.audit.subject_digest("enterprise", "SBA-1")
    ops.ledger.record_decision(
        decision("scr_1"), Entry(BANK, "AA-01", about, "scr_1", {"purpose": "SELF"})
    )
    with ops.database.read() as connection:
        rows = connection.execute(select(audit)).all()
    assert not any("SBA-1" in str(row) for row in rows)
    assert [row.seq for row in rows if row.subject == about] == [ops.audit.head().seq]
    assert about != ops.audit.subject_digest("farmer", "SBA-1")


def test_an_empty_chain_has_head_zero(tmp_path: Path) -> None:
    from data_contracts.workspace import Workspace
    from serving.audit import Audit
    from serving.database import Database
    from tests.serving.helpers import StillClock

    database = Database(f"sqlite:///{Workspace(tmp_path).database}")
    database.migrate()
    empty = Audit(database, b"k", StillClock())
    assert empty.head() == Head(0, GENESIS)
    assert empty.verify(Head(0, GENESIS)).ok


def test_every_action_has_texts_and_examples() -> None:
    for action in ACTIONS.values():
        assert action.text_zh
        assert action.text_en
        assert action.recorded != action.not_recorded
