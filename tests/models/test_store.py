"""Folders of JSON: byte-stable, and refused when altered."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from models.errors import ModelsError
from models.schema import Field, Schema, canonical
from models.scorer import AdditiveModel
from tests.models.rows import awkward_rows, hand_model, make_rows

FILES = ("model.json", "manifest.json")


def rewrite(folder: Path, change: Any, honest: bool = True) -> None:
    """Alter model.json and, if honest, its digest in the manifest too."""
    content = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    change(content)
    text = canonical(content)
    (folder / "model.json").write_text(text, encoding="utf-8")
    if honest:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        manifest["sha256"]["model.json"] = sha256(text.encode()).hexdigest()
        (folder / "manifest.json").write_text(canonical(manifest), encoding="utf-8")


def test_a_saved_model_answers_bit_for_bit(fitted: AdditiveModel, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    again = AdditiveModel.load(tmp_path)
    frame = awkward_rows(make_rows(300, seed=6)[0])
    assert again.margin(frame).tolist() == fitted.margin(frame).tolist()
    assert again.contributions(frame)[1].tolist() == fitted.contributions(frame)[1].tolist()
    assert (again.schema, again.scale, again.kind) == (fitted.schema, fitted.scale, fitted.kind)
    assert again.typical == fitted.typical
    assert again.terms == fitted.terms


def test_the_bytes_are_the_same_each_time(fitted: AdditiveModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "a")
    fitted.save(tmp_path / "b")
    AdditiveModel.load(tmp_path / "a").save(tmp_path / "c")
    for name in FILES:
        first = (tmp_path / "a" / name).read_bytes()
        assert (tmp_path / "b" / name).read_bytes() == first
        assert (tmp_path / "c" / name).read_bytes() == first


def test_a_model_whose_certificate_does_not_hold_is_not_saved(tmp_path: Path) -> None:
    model = hand_model()
    broken = replace(model, tables=(model.tables[0].with_values(-model.tables[0].values),))
    with pytest.raises(ModelsError, match="x is not monotone"):
        broken.save(tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_an_altered_model_is_refused(tmp_path: Path) -> None:
    hand_model().save(tmp_path)
    rewrite(tmp_path, lambda content: content.update(intercept=-9.0), honest=False)
    with pytest.raises(ModelsError, match=r"model\.json was altered"):
        AdditiveModel.load(tmp_path)


def test_one_byte_of_white_space_is_an_alteration(tmp_path: Path) -> None:
    hand_model().save(tmp_path)
    with (tmp_path / "model.json").open("a", encoding="utf-8") as file:
        file.write(" ")
    with pytest.raises(ModelsError, match=r"model\.json was altered"):
        AdditiveModel.load(tmp_path)


@pytest.mark.parametrize("key", ["format", "kind", "sha256", "schema_sha256", "certificate"])
def test_every_entry_of_the_manifest_is_checked(tmp_path: Path, key: str) -> None:
    hand_model().save(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    forged = {
        "format": 1,
        "kind": "scorecard",
        "sha256": {"model.json": "0" * 64},
        "schema_sha256": "0" * 64,
        "certificate": {**manifest["certificate"], "margin_high": 9999.0},
    }
    for value in (forged[key], None, 99, {}):
        (tmp_path / "manifest.json").write_text(canonical({**manifest, key: value}))
        with pytest.raises(ModelsError):
            AdditiveModel.load(tmp_path)
    del manifest[key]
    (tmp_path / "manifest.json").write_text(canonical(manifest))
    with pytest.raises(ModelsError):
        AdditiveModel.load(tmp_path)


def test_a_forged_digest_does_not_help_a_model_that_breaks_its_direction(tmp_path: Path) -> None:
    hand_model().save(tmp_path)
    rewrite(tmp_path, lambda content: content["tables"][0]["values"].reverse())
    with pytest.raises(ModelsError, match="x is not monotone"):
        AdditiveModel.load(tmp_path)


def test_a_forged_digest_does_not_help_a_prohibited_input(tmp_path: Path) -> None:
    hand_model().save(tmp_path)
    text = (tmp_path / "model.json").read_text(encoding="utf-8")

    def rename(content: dict[str, Any]) -> None:
        renamed = json.loads(text.replace('"c"', '"sex"'))
        content.clear()
        content.update(renamed)

    rewrite(tmp_path, rename)
    with pytest.raises(ModelsError, match="sex is a prohibited input"):
        AdditiveModel.load(tmp_path)


def test_a_forged_digest_of_other_tables_is_seen_by_the_certificate(tmp_path: Path) -> None:
    hand_model().save(tmp_path)
    rewrite(tmp_path, lambda content: content.update(intercept=-9.0))
    with pytest.raises(ModelsError, match=r"manifest\.json was altered"):
        AdditiveModel.load(tmp_path)


def test_no_byte_can_change_and_no_file_can_come_or_go(tmp_path: Path) -> None:
    """Every byte of both files is changed in turn."""
    hand_model().save(tmp_path)
    whole = {name: (tmp_path / name).read_bytes() for name in FILES}
    for name, content in whole.items():
        for place in range(len(content)):
            flipped = bytes([content[place] ^ (1 << place % 8)])
            (tmp_path / name).write_bytes(content[:place] + flipped + content[place + 1 :])
            with pytest.raises(ModelsError):
                AdditiveModel.load(tmp_path)
        for cut in (
            content[:-1],
            content + b"\n",
            b"\n" + content,
            content.replace(b",", b",\r\n"),
        ):
            (tmp_path / name).write_bytes(cut)
            with pytest.raises(ModelsError):
                AdditiveModel.load(tmp_path)
        (tmp_path / name).unlink()
        with pytest.raises(ModelsError, match="not a whole saved model"):
            AdditiveModel.load(tmp_path)
        (tmp_path / name).write_bytes(content)
    AdditiveModel.load(tmp_path)
    for extra in ("notes.txt", ".hidden", "model.json.bak"):
        (tmp_path / extra).write_text("")
        with pytest.raises(ModelsError, match=f"more than a model: {extra}"):
            AdditiveModel.load(tmp_path)
        (tmp_path / extra).unlink()


def test_a_folder_of_the_first_format_is_read_and_saved_in_the_newest(tmp_path: Path) -> None:
    """The folder is one that the project wrote before numbers had special codes."""
    old = Path(__file__).parent / "folders" / "format-1"
    model = AdditiveModel.load(old)
    hand_model().save(tmp_path / "new")
    model.save(tmp_path / "migrated")
    for name in FILES:
        migrated = (tmp_path / "migrated" / name).read_bytes()
        assert migrated == (tmp_path / "new" / name).read_bytes()
        assert migrated != (old / name).read_bytes()
    shutil.copytree(old, tmp_path / "altered")
    manifest = (tmp_path / "altered" / "manifest.json").read_text(encoding="utf-8")
    for change in (
        ('"cells":17', '"cells":18'),
        ('"x":0.6', '"x":0.7'),
        ('"format":1', '"format":2'),
    ):
        (tmp_path / "altered" / "manifest.json").write_text(manifest.replace(*change))
        with pytest.raises(ModelsError, match=r"manifest\.json was altered"):
            AdditiveModel.load(tmp_path / "altered")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", "\ufeff{}"])
def test_a_torn_file_is_refused(tmp_path: Path, name: str, text: str) -> None:
    hand_model().save(tmp_path)
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ModelsError):
        AdditiveModel.load(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    hand_model().save(tmp_path)
    (tmp_path / "model.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelsError, match="not a whole saved model"):
        AdditiveModel.load(tmp_path)


def test_an_absent_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelsError, match="not a whole saved model"):
        AdditiveModel.load(tmp_path / "nowhere")


def test_texts_in_chinese_are_kept_as_they_are(tmp_path: Path) -> None:
    model = replace(
        hand_model(),
        schema=Schema((Field("x", "number", title_zh="负债", direction=1), Field("c", "category"))),
    )
    model.save(tmp_path)
    assert "负债" in (tmp_path / "model.json").read_text(encoding="utf-8")
    assert AdditiveModel.load(tmp_path).schema["x"].title_zh == "负债"
