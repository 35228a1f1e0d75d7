"""The race over seeds, worked by hand and on random tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llamoco_lib.benchmark.race import race

FLOOR = -8.0


def raced(table, tolerance=0.1):
    """Run a race on a table member -> log-regrets; the number of runs of each member, and who made them in turn."""
    made = []

    def run(member, repetition):
        made.append((member, repetition))
        return {"member": member, "repetition": repetition, "value": table[member][repetition]}

    first = {member: run(member, 0) for member in table}
    n_seeds = len(next(iter(table.values())))
    rows = race(first, n_seeds, run, lambda rows: np.array([row["value"] for row in rows]), tolerance, FLOOR)
    assert [row["member"] for row in rows] == sorted((m for m, _ in made), key=list(table).index)
    for member in table:  # a member's runs are its first ones, in order
        own = [row["repetition"] for row in rows if row["member"] == member]
        assert own == list(range(len(own)))
    assert sorted((row["member"], row["repetition"]) for row in rows) == sorted(made)
    return {member: sum(m == member for m, _ in made) for member in table}, [m for m, _ in made]


def test_nobody_is_dropped_who_can_still_come_near_the_best():
    counts, _ = raced({"a": [-1.0] * 5, "b": [-3.0] * 5, "c": [-2.0, -0.1, -0.1, -0.1, -0.1]})
    # After three runs a could still reach (-3 - 2 * 8) / 5 = -3.8, after four only -2.4.
    assert counts == {"a": 4, "b": 5, "c": 4}


def test_one_bad_run_ends_a_member_where_another_solved_the_problem():
    # c's mean could come to (-7 - 4 * 8) / 5 = -7.8 at best, b's to -7.98 after its first run.
    counts, _ = raced({"c": [-7.0, -8.0, -8.0, -8.0, -8.0], "b": [-7.9] + [-8.0] * 4, "a": [-8.0] * 5})
    assert counts == {"c": 1, "b": 5, "a": 5}


def test_the_most_promising_runs_next_and_the_lowest_completed_mean_bounds_the_others():
    counts, made = raced({"a": [-1.0, -1.0], "b": [-5.0, -1.0], "c": [-4.0, -8.0]})
    # b leads until its second run, then c, and a could come to (-1 - 8) / 2 = -4.5, which is out of reach of c's -6.
    assert made == ["a", "b", "c", "b", "c"]
    assert counts == {"a": 1, "b": 2, "c": 2}


def test_one_seed_is_all_there_is_to_a_race():
    assert raced({"a": [-3.0], "b": [-1.0]})[0] == {"a": 1, "b": 1}


tables = st.integers(1, 6).flatmap(
    lambda n: st.lists(st.lists(st.floats(FLOOR, 0.0), min_size=n, max_size=n), min_size=1, max_size=7)
)


@given(tables, st.floats(0.0, 1.0))
def test_the_bound_loses_nobody_who_is_within_the_tolerance(values, tolerance):
    table = {f"m{place}": row for place, row in enumerate(values)}
    counts, _ = raced(table, tolerance)
    means = {member: np.mean(row) for member, row in table.items()}
    best = min(means.values())
    for member, row in table.items():
        if means[member] <= best + tolerance - 1e-9:
            assert counts[member] == len(row)


@given(tables, st.floats(0.0, 1.0))
def test_no_member_runs_on_once_it_is_out_of_reach(values, tolerance):
    table = {f"m{place}": row for place, row in enumerate(values)}
    n_seeds = len(values[0])
    _, made = raced(table, tolerance)
    seen = dict.fromkeys(table, 0)
    for place, member in enumerate(made):
        if place >= len(table):
            completed = [np.mean(table[m]) for m, count in seen.items() if count == n_seeds]
            possible = (sum(table[member][: seen[member]]) + (n_seeds - seen[member]) * FLOOR) / n_seeds
            assert possible <= min(completed, default=np.inf) + tolerance + 1e-9
        seen[member] += 1


@pytest.mark.parametrize("name", ["a", "b"])
def test_of_equals_the_first_runs_first(name):
    _, made = raced({name: [-1.0] * 2, "z": [-1.0, -0.5]})
    assert made[:3] == [name, "z", name]
