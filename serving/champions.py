"""The models in use: champions loaded once, older versions loaded for replay."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import ModelsError
from serving.errors import NotReady
from serving.model_store import LENDER_RANKING, SERVED, ModelStore
from serving.served import MODEL_OF_VIEW

if TYPE_CHECKING:
    from models.reasons.chooser import ReasonChooser
    from models.recourse.advice import Recourse
    from models.scorer import AdditiveModel

log = logging.getLogger("xinqiao.serving")


@dataclass(frozen=True)
class Loaded:
    """A model in memory with its name and version."""

    name: str
    version: str
    model: Any

    @cached_property
    def chooser(self) -> ReasonChooser:
        """The choice of reasons, prepared once for the model."""
        from models.reasons.chooser import ReasonChooser

        return ReasonChooser(self.model)

    @cached_property
    def recourse(self) -> Recourse:
        """Advice on what the subjects of the model's view can change."""
        from features.deeds import actions_of
        from models.recourse.advice import Recourse

        (view,) = (view for view, name in MODEL_OF_VIEW.items() if name == self.name)
        return Recourse(self.model, actions_of(view))


class Champions:
    """Loads models from the store's local copies and keeps them.

    Parameters
    ----------
    store : ModelStore
        Where the copies are.
    load_ranking : callable
        Reads the folder of a ranking artefact.
    names : tuple of str
        The models that must be in use.
    """

    def __init__(
        self,
        store: ModelStore,
        load_ranking: Callable[[Path], Any],
        names: tuple[str, ...] = SERVED,
    ) -> None:
        self._names = names
        self._store = store
        self._load_ranking = load_ranking
        self._lock = threading.Lock()
        self._loaded: dict[tuple[str, str], Loaded] = {}
        self._champions: dict[str, Loaded] = {}
        self._shadows: dict[str, Loaded] = {}
        self._faults: dict[str, str] = {}

    def load(self) -> None:
        """Load every champion that the store knows; what cannot be loaded is named by `faults`.

        A champion that the store no longer names is not in use any more.
        """
        faults: dict[str, str] = {}
        champions: dict[str, Loaded] = {}
        for name in self._names:
            try:
                ref = self._store.champions().get(name)
                if ref is None:
                    faults[name] = "no champion is registered"
                    continue
                champions[name] = self._load(ref.name, ref.version, ref.folder)
            except (ModelsError, NotReady, OSError, ValueError) as error:
                log.error("model %s cannot be loaded: %s", name, type(error).__name__)
                faults[name] = f"the champion cannot be loaded ({type(error).__name__})"
        self._champions, self._faults = champions, faults
        self._shadows = self._load_shadows()

    def _load_shadows(self) -> dict[str, Loaded]:
        """Challengers that can be loaded; one that can not is only missed, never a fault of the service."""
        from models.kinds import load_kind

        shadows: dict[str, Loaded] = {}
        for name in MODEL_OF_VIEW.values():
            try:
                ref = self._store.shadows().get(name)
                if ref is not None:
                    shadows[name] = Loaded(ref.name, ref.version, load_kind(ref.folder))
            except (ModelsError, NotReady, OSError, ValueError) as error:
                log.warning("shadow of %s cannot be loaded: %s", name, type(error).__name__)
        return shadows

    def withdraw(self, aliases: Mapping[str, int | None]) -> None:
        """Take champions out of use at once where their model has none any more."""
        gone = {n for n in self._champions if n in aliases and aliases[n] is None}
        if gone:
            self._champions = {n: one for n, one in self._champions.items() if n not in gone}
            self._faults |= dict.fromkeys(gone, "the champion was taken out of use")

    def shadow_of(self, view: str) -> Loaded | None:
        """The challenger in the shadow of a view's default model, or None."""
        return self._shadows.get(MODEL_OF_VIEW[view])

    @property
    def faults(self) -> dict[str, str]:
        """Why a model is not in use, by name; empty when all are."""
        return dict(self._faults)

    @property
    def versions(self) -> dict[str, str]:
        """Version of each model in use."""
        return {name: loaded.version for name, loaded in self._champions.items()}

    def default_model(self, view: str) -> Loaded:
        """The default model of a view.

        Raises
        ------
        NotReady
            When it is not loaded.
        """
        return self._champion(MODEL_OF_VIEW[view])

    def ranking(self) -> Loaded:
        """The ranking of lenders for enterprises, or NotReady."""
        return self._champion(LENDER_RANKING)

    def version(self, name: str, version: str) -> Loaded:
        """A model by name and version, for replay."""
        with self._lock:
            found = self._loaded.get((name, version))
        if found is not None:
            return found
        ref = self._store.version(name, version)
        return self._load(ref.name, ref.version, ref.folder)

    def _champion(self, name: str) -> Loaded:
        if name not in self._champions:
            raise NotReady(
                f"The model {name} is not in use: {self._faults.get(name, 'not loaded')}.",
                f"模型 {name} 尚未启用。",
            )
        return self._champions[name]

    def _load(self, name: str, version: str, folder: Path) -> Loaded:
        model: AdditiveModel | Any
        if name == LENDER_RANKING:
            model = self._load_ranking(folder)
        else:
            from models.scorer import AdditiveModel

            model = AdditiveModel.load(folder)
        loaded = Loaded(name, version, model)
        with self._lock:
            self._loaded[(name, version)] = loaded
        return loaded
