"""The race over seeds, worked by hand and on random tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llamoco_lib.benchmark.race import race

FLOOR = -8.0


def raced(table, tolerance=0.1):
    """Run a race on a table member -> log-regrets; the number of runs of each member, and the runs in their order."""
    made = []

    def run(member, repetition):
        made.append((member, repetition))
        return {"member": member, "repetition": repetition, "value": table[member][repetition]}

    first = {member: run(member, 0) for member in table}
    n_seeds = len(next(iter(table.values())))
    rows = race(first, n_seeds, run, lambda rows: np.array([row["value"] for row in rows]), tolerance, FLOOR)
    assert sorted((row["member"], row["repetition"]) for row in rows) == sorted(made)
    return {member: sum(row["member"] == member for row in rows) for member in table}, rows


def test_the_better_half_goes_on_after_each_rung():
    table = {name: [value] * 5 for name, value in zip("hgfedcba", np.linspace(-1.0, -4.5, 8), strict=True)}
    counts, rows = raced(table)
    # After one run each a b c d stay, after two a b, after three a; a has all its runs from the start.
    assert counts == {"h": 1, "g": 1, "f": 1, "e": 1, "d": 2, "c": 2, "b": 3, "a": 5}
    assert [row["member"] for row in rows][:5] == ["h", "g", "f", "e", "d"]  # in the order of the first runs


def test_all_within_the_tolerance_of_the_best_stay():
    counts, _ = raced({"a": [-3.0] * 5, "b": [-2.95] * 5, "c": [-2.92] * 5, "d": [-1.0] * 5, "e": [-0.5] * 5})
    # Three of five stay after the first rung; they are within the tolerance then.
    assert counts == {"a": 5, "b": 5, "c": 5, "d": 1, "e": 1}


def test_one_bad_run_ends_a_member_where_another_solved_the_problem():
    # c's mean could come to (-7 - 4 * 8) / 5 = -7.8 at best, b's to -7.98 after its first run.
    counts, _ = raced({"c": [-7.0, -8.0, -8.0, -8.0, -8.0], "b": [-7.9] + [-8.0] * 4, "a": [-8.0] * 5})
    assert counts == {"c": 1, "b": 5, "a": 5}


def test_one_seed_is_all_there_is_to_a_race():
    counts, _ = raced({"a": [-3.0], "b": [-1.0]})
    assert counts == {"a": 1, "b": 1}


tables = st.integers(1, 6).flatmap(
    lambda n: st.lists(st.lists(st.floats(FLOOR, 0.0), min_size=n, max_size=n), min_size=1, max_size=7)
)


@given(tables, st.floats(0.0, 1.0))
def test_one_member_at_least_has_all_runs_and_the_bound_loses_nobody(values, tolerance):
    table = {f"m{place}": row for place, row in enumerate(values)}
    n_seeds = len(values[0])
    counts, rows = raced(table, tolerance)
    assert max(counts.values()) == n_seeds and min(counts.values()) >= 1
    for member in table:  # a member's runs are its first ones, in order
        own = [row["repetition"] for row in rows if row["member"] == member]
        assert own == list(range(len(own)))
    if n_seeds == 2 and len(table) == 2:  # whom half and tolerance keep: only the bound could drop it
        best, other = sorted(table, key=lambda member: table[member][0])
        near = table[other][0] <= table[best][0] + tolerance
        if near and np.mean(table[other]) <= np.mean(table[best]) + tolerance - 1e-9:
            assert counts[other] == n_seeds


@pytest.mark.parametrize("name", ["a", "b"])
def test_of_equals_the_first_gets_all_runs(name):
    counts, _ = raced({name: [-1.0] * 5, "z": [-1.0, *[-0.5] * 4]}, tolerance=0.0)
    assert counts[name] == 5
