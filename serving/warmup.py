"""What a worker does once before its first request, so that no caller pays for it."""

from __future__ import annotations

import logging

from serving.services import Services

log = logging.getLogger("xinqiao.serving")


def warm_up(services: Services) -> None:
    """Score a few example subjects in memory: imports, look-up lists and connections are then ready.

    Nothing is decided and nothing is written.
    """
    from serving.asked import Asked
    from serving.errors import ServingError
    from serving.portal.examples import choose_examples
    from serving.scoring import compose_score

    asked = Asked(services.settings.max_reasons, recourse=True)
    try:
        for example in choose_examples(services):
            subject = example.subject
            vector = services.subjects.stored(subject)
            loaded = services.champions.default_model(services.settings.views[subject.kind])
            compose_score("warm-up", vector, loaded, asked, informational=True)
    except ServingError as error:
        log.warning("warm-up was cut short: %s", error.detail_en)
    services.readiness.check()
