"""Additive models as folders of JSON: byte-stable, digested, certified.

``model.json`` holds everything that scores; ``manifest.json`` its SHA-256, the schema's digest and the
certificate. A folder that was altered, that holds another file, or whose certificate does not hold, is
refused. Folders of older formats are read as long as what their manifest says is still found true; saved
again they have the newest format:

1. tables over cuts, levels and missing values;
2. special codes of numbers, each with a bin of its own.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import ModelsError
from models.reasons.reference import Reference
from models.scale import Scale
from models.schema import Schema, canonical
from models.table import Table

if TYPE_CHECKING:
    from models.glassbox.certificate import Certificate
    from models.scorer import AdditiveModel

FORMAT = 2
_FILES = {"model.json", "manifest.json"}


def save(model: AdditiveModel, folder: Path) -> None:
    """Write model.json and manifest.json.

    Raises
    ------
    ModelsError
        When the certificate does not hold: such a model is not worth keeping.
    """
    from models.glassbox.certificate import certify

    certificate = certify(model)
    if not certificate.holds:
        raise ModelsError(f"The model is not saved: {'; '.join(certificate.faults)}.")
    text = canonical(
        {
            "format": FORMAT,
            "kind": model.kind,
            "schema": model.schema.to_spec(),
            "intercept": model.intercept,
            "tables": [table.to_json() for table in model.tables],
            "scale": model.scale.to_json(),
            "typical": dict(model.typical),
            "notes": dict(model.notes),
            "prohibited": list(model.prohibited),
            # Absent in models that have none, so that their bytes stay what they were.
            **({"reference": model.reference.to_json()} if model.reference else {}),
        }
    )
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.json").write_text(text, encoding="utf-8")
    manifest = canonical(_manifest(text, certificate))
    (folder / "manifest.json").write_text(manifest, encoding="utf-8")


def _manifest(text: str, certificate: Certificate) -> dict[str, Any]:
    content = json.loads(text)
    return {
        "format": content.get("format", 1),
        "kind": content["kind"],
        "sha256": {"model.json": sha256(text.encode()).hexdigest()},
        "schema_sha256": sha256(canonical(content["schema"]).encode()).hexdigest(),
        "certificate": certificate.to_json(),
    }


def load(folder: Path) -> AdditiveModel:
    """Read a folder that `save` wrote.

    Raises
    ------
    ModelsError
        When a file is absent, added, altered or of a newer format, or the certificate does not hold.
    """
    from models.glassbox.certificate import certify
    from models.scorer import AdditiveModel

    folder = Path(folder)
    try:
        strange = sorted({path.name for path in folder.iterdir()} - _FILES)
        if strange:
            raise ModelsError(f"The folder holds more than a model: {', '.join(strange)}.")
        stated = (folder / "manifest.json").read_bytes().decode()
        manifest: dict[str, Any] = json.loads(stated)
        text = (folder / "model.json").read_bytes().decode()
        if manifest["format"] not in range(1, FORMAT + 1):
            raise ModelsError(
                f"The folder holds format {manifest['format']}; 1 to {FORMAT} are known."
            )
        if sha256(text.encode()).hexdigest() != manifest["sha256"]["model.json"]:
            raise ModelsError("model.json was altered after the model was saved.")
        content = json.loads(text)
        model = AdditiveModel(
            schema=Schema.from_spec(content["schema"]),
            tables=tuple(Table.from_json(table) for table in content["tables"]),
            intercept=content["intercept"],
            scale=Scale.from_json(content["scale"]),
            kind=content["kind"],
            typical=content["typical"],
            notes=content["notes"],
            prohibited=tuple(content["prohibited"]),
            reference=Reference.from_json(content["reference"]) if "reference" in content else None,
        )
        certified = dict(manifest["certificate"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelsError(
            "The folder is not a whole saved model: model.json or manifest.json is absent or broken."
        ) from error
    certificate = certify(model)
    if not certificate.holds:
        raise ModelsError(f"The model is refused: {'; '.join(certificate.faults)}.")
    found = _manifest(text, certificate)
    if manifest["format"] < FORMAT:
        # An older certificate may say less; what it says must still be found.
        found["certificate"] = {key: found["certificate"].get(key) for key in certified}
    if stated != canonical(found):
        raise ModelsError("manifest.json was altered: it does not describe these tables.")
    return model
