"""Properties of links through time, on generated claims."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from features.identity.claims import NEVER, Claim, canonical, decided, judge
from features.identity.codes import RANKS, scheme

SUBJECTS = [f"{kind}-{n}" for kind in RANKS for n in range(3)]
DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(6)]

claims = st.builds(
    Claim,
    st.sampled_from(SUBJECTS),
    st.sampled_from(SUBJECTS),
    st.sampled_from(DAYS),
    st.sampled_from([*DAYS, NEVER]),
    st.sampled_from(["code", "name", "spelling", "former", "similar"]),
    st.just(0.9),
    st.sampled_from(["", "", "", "other code"]),
)
decisions = st.dictionaries(
    st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(SUBJECTS)),
    st.lists(
        st.tuples(st.sampled_from(DAYS), st.sampled_from(["open", "confirmed", "rejected"])),
        min_size=1,
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(claims, max_size=25), decisions)
def test_the_canonical_mapping_is_unique_idempotent_and_without_circles(given_claims, made) -> None:
    links = canonical(judge(decided(given_claims, made))[0])
    for day in [*DAYS, date(2030, 1, 1)]:
        held = [c for c in links if c.since <= day < c.until]
        mapping = {c.subject: c.target for c in held}
        assert len(mapping) == len(held)
        assert not set(mapping.values()) & set(mapping)
        assert all(RANKS[scheme(t)] < RANKS[scheme(s)] for s, t in mapping.items())


@settings(max_examples=60, deadline=None)
@given(st.lists(claims, max_size=25), st.randoms())
def test_the_order_of_claims_carries_no_meaning(given_claims, random) -> None:
    shuffled = list(given_claims)
    random.shuffle(shuffled)
    assert judge(shuffled) == judge(given_claims)


@settings(max_examples=60, deadline=None)
@given(st.lists(claims, max_size=15), decisions, st.sampled_from(DAYS))
def test_a_rejected_pair_is_linked_on_no_later_day(given_claims, made, day) -> None:
    links, doubts = judge(decided(given_claims, made))
    for pair, steps in made.items():
        known = [(at, n, state) for n, (at, state) in enumerate(steps) if at <= day]
        if known and max(known)[2] == "rejected":
            assert not any(
                (c.subject, c.target) == pair and c.since <= day < c.until for c in links + doubts
            )
