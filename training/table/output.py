"""A folder of results that is whole or not there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.errors import TrainingError

MARK = "metrics.json"
"""Written last: a folder that holds it is whole."""


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A new folder beside `out` whose files move there when the block ends well; nothing is left otherwise.

    Files of other names that `out` holds stay. Those of an earlier run are replaced.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    TrainingError
        When `out` is a file, or nothing can be written beside it.
    """
    out = out.absolute()
    if out.exists() and not out.is_dir():
        raise TrainingError(f"--out {out} is a file.", "name a folder")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise TrainingError(
            f"--out: nothing can be written beside {out} ({error.strerror}).", "name another folder"
        ) from error
    try:
        made.chmod(0o755)
        yield made
        _move(made, out)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _move(made: Path, out: Path) -> None:
    if not out.exists() or not any(out.iterdir()):
        os.replace(made, out)  # an empty folder is replaced in one step
        return
    (out / MARK).unlink(missing_ok=True)
    for path in sorted(made.iterdir(), key=lambda path: path.name == MARK):
        goal = out / path.name
        if goal.is_dir():
            shutil.rmtree(goal)
        os.replace(path, goal)
