"""Where an intake puts what it cannot hold in memory: a folder below the lake, never outside the workspace.

The folder is locked as long as its process lives; the kernel frees the lock of a killed one, and the next
writer sweeps the folder away.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from data_contracts.errors import ContractsError

_NAME = re.compile(r"spill-([0-9]+)-.+")
_LOCK = "lock"


@contextmanager
def spill_folder(lake_dir: Path | None, *, dry_run: bool = False) -> Iterator[str]:
    """Make a folder to spill into, which is gone afterwards.

    Parameters
    ----------
    lake_dir
        The lake's folder; made if absent, and then left behind only if something was put into it.
        None for a judgement that concerns no lake: it spills into the folder for temporary files.
    dry_run
        Where there is no lake a dry run makes none.

    Raises
    ------
    ContractsError
        When the folder cannot be made.
    """
    if lake_dir is None or (dry_run and not lake_dir.exists()):
        with tempfile.TemporaryDirectory(prefix="xinqiao-intake-") as place:
            yield place
        return
    absent = [folder for folder in (lake_dir, *lake_dir.parents) if not folder.exists()]
    try:
        lake_dir.mkdir(parents=True, exist_ok=True)
        place = tempfile.mkdtemp(prefix=f"spill-{os.getpid()}-", dir=lake_dir)
    except OSError as error:
        raise ContractsError(
            f"the lake cannot be written: {error.strerror or error}.",
            file=lake_dir,
            hint="check free space and permissions, then run the same intake again",
        ) from error
    try:
        unlocked = Path(place) / "unlocked"
        with unlocked.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            unlocked.rename(Path(place) / _LOCK)
            yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        with suppress(OSError):  # not empty: somebody has put something there
            for folder in absent:
                folder.rmdir()


def sweep_spill(lake_dir: Path) -> None:
    """Remove the folders of processes that are gone."""
    for folder in lake_dir.glob("spill-*"):
        found = _NAME.fullmatch(folder.name)
        if found is not None and _gone(folder, int(found[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _gone(folder: Path, pid: int) -> bool:
    try:
        with (folder / _LOCK).open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except BlockingIOError:
        return False
    except OSError:  # killed before it was locked
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False
