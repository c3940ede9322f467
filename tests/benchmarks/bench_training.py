"""A retraining on all loans, stage by stage: intake, features, each fit, the record of the run, the validation report.

Run ``python tests/benchmarks/bench_training.py FILE`` with the full file of loans; see the README beside this file.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data_contracts.intake.load import load_portfolio
from data_contracts.workspace import Workspace
from training.config_files import SHIPPED, load_config
from training.dataset import load_dataset
from training.registry import Registry
from training.run import train_portfolio
from training.tracking import Tracking
from training.validation.evidence import ValidationSettings
from training.validation.find_model import find_model
from training.validation.of_run import evidence_of, run_of
from training.validation.report import write_report


@dataclass(frozen=True)
class Moment:
    """Seconds on the wall and of all processors, up to now."""

    wall: float
    cpu: float

    @classmethod
    def now(cls) -> Moment:
        """Of this process and those that it waited for."""
        own, children = (
            resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
        return cls(time.perf_counter(), cpu)


class Stages:
    """A progress callback that times what is announced to it: a stage lasts until the next one is named."""

    def __init__(self) -> None:
        self.name = ""
        self.first = self.since = Moment.now()
        self.peak = 0.0
        print(f"{'stage':44s}{'wall s':>9s}{'CPU s':>9s}{'peak GiB':>10s}")

    def __call__(self, step: str, done: int = 0, total: int = 0) -> None:
        """Close the stage before and begin this one; the same name goes on."""
        if step == self.name:
            return
        now, peak = Moment.now(), _peak_gib()
        if self.name:
            self._line(self.name, self.since, now, peak)
        self.name, self.since, self.peak = step, now, max(self.peak, peak)
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak counts anew

    def end(self) -> None:
        """Close the last stage and add everything up."""
        self("")
        self._line("all", self.first, Moment.now(), self.peak)

    @staticmethod
    def _line(name: str, since: Moment, now: Moment, peak: float) -> None:
        wall, cpu = now.wall - since.wall, now.cpu - since.cpu
        print(f"{name:44s}{wall:9.1f}{cpu:9.1f}{peak:10.2f}", flush=True)


def _peak_gib() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    kib = next(line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(kib) / 2**20


def main() -> None:
    """Take the file in, train by the configuration, write the report of the candidate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="full file of the portfolio")
    parser.add_argument("--config", type=Path, default=SHIPPED / "retrain" / "sba.yaml")
    parser.add_argument("--keep", type=Path, help="workspace to leave behind")
    asked = parser.parse_args()
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:2]))
    settings = load_config(asked.config)
    with tempfile.TemporaryDirectory(prefix="xinqiao-bench-") as folder:
        workspace = Workspace(asked.keep or Path(folder)).create()
        stages = Stages()
        stages("intake")
        load_portfolio(settings.portfolio, workspace, asked.source)
        stages("features and labels")
        dataset = load_dataset(workspace, settings)
        print(f"  {len(dataset.frame):,} decisions, {int(dataset.bad.sum()):,} bad")
        stages("MLflow opened")
        trained = train_portfolio(
            workspace, settings, developer="benchmark", dataset=dataset, progress=stages
        )
        stages("model and data set of the report")
        registry = Registry(Tracking(workspace))
        model, version = find_model(f"{settings.model_name}/{trained.candidate}", registry)
        assert version is not None
        # As `xinqiao validate` in a process of its own: the data set is built again.
        run = run_of(registry, workspace, version, model)
        write_report(
            evidence_of(run, ValidationSettings()), workspace.root / "report", date.today(), stages
        )
        stages.end()


if __name__ == "__main__":
    main()
