import json

import numpy as np
import pandas as pd
import pytest
import threadpoolctl

from llamoco_lib import params, records
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.problems import draws, feasibility, problem_set, synthesis, transforms
from llamoco_lib.problems.constraints import FAMILIES
from llamoco_lib.problems.counting import violation
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.functions import FUNCTIONS

PROFILES = ("smoke", "quick", "laptop", "paper")


def config(**changes):
    base = params.load(records.resolve("params/smoke/01_synthesis.yaml"), SynthesisConfig)
    values = {"jobs": 1, "n_unconstrained": 24, "n_constrained": 24, "dimension_max": 12, **changes}
    values = {"heldout_dimensions": [5, 7], "n_heldout_unconstrained": 6, "n_heldout_constrained": 6, **values}
    return SynthesisConfig(**{**base.model_dump(), **values})


@pytest.fixture(scope="module")
def accepted():
    return synthesis.synthesize_with_verdicts(config())


@pytest.fixture(scope="module")
def problems(accepted):
    return [each.problem for each in accepted]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_has_valid_params(profile):
    loaded = params.load(records.resolve(f"params/{profile}/01_synthesis.yaml"), SynthesisConfig)
    assert loaded.run_dir == f"outputs/{profile}"
    assert set(loaded.heldout_functions) < set(FUNCTIONS)
    assert set(loaded.heldout_constraints) < set(FAMILIES)
    draws.check_names(loaded)


def test_the_paper_profile_has_the_paper_breadth():
    loaded = params.load(records.resolve("params/paper/01_synthesis.yaml"), SynthesisConfig)
    assert (loaded.n_unconstrained, loaded.n_constrained, loaded.quality_runs) == (3000, 3000, 50)
    assert (loaded.dimension_min, loaded.dimension_max, loaded.max_components) == (2, 50, 5)
    assert (min(loaded.budgets), max(loaded.budgets), loaded.rotated_share) == (1000, 50000, 0.5)
    assert min(loaded.heldout_dimensions) > 50 and max(loaded.heldout_dimensions) <= 100


def test_counts_and_splits(problems):
    table = pd.Series([(p.split, p.group) for p in problems]).value_counts()
    assert table[("train", "unconstrained")] == table[("train", "constrained")] == 18
    assert table[("eval", "unconstrained")] == table[("eval", "constrained")] == 6
    assert table[("heldout", "unconstrained")] == table[("heldout", "constrained")] == 6
    assert len({p.id for p in problems}) == len(problems)


def test_what_is_held_out_is_seen_in_its_split_only(problems):
    settings = config()
    novelties = {slot.id: slot.novelties for slot in synthesis.slots(settings)}
    for p in problems:
        new_functions = [c.function in settings.heldout_functions for c in p.components]
        new_families = [c.family in settings.heldout_constraints for c in p.constraints]
        assert all(new == ("functions" in novelties[p.id]) for new in new_functions)
        assert all(new == ("constraints" in novelties[p.id]) for new in new_families)
        assert (p.dimension in settings.heldout_dimensions) == ("dimensions" in novelties[p.id])
        assert bool(novelties[p.id]) == (p.split == "heldout")


def test_a_held_out_instance_shows_each_novelty_in_turn_and_then_all():
    held = [slot for slot in synthesis.slots(config()) if slot.split == "heldout"]
    plain = [slot.novelties for slot in held if not slot.constrained]
    assert plain == [("functions",), ("dimensions",), ("functions", "dimensions")] * 2
    constrained = [slot.novelties for slot in held if slot.constrained]
    everything = ("functions", "constraints", "dimensions")
    assert constrained == [("functions",), ("constraints",), ("dimensions",), everything, *constrained[:2]]


def test_held_out_constraints_alone_make_a_held_out_split():
    settings = config(heldout_functions=[], heldout_dimensions=[], n_heldout_unconstrained=0)
    held = [slot for slot in synthesis.slots(settings) if slot.split == "heldout"]
    assert [slot.novelties for slot in held] == [("constraints",)] * 6


def test_every_function_and_family_is_drawn():
    settings = config(n_unconstrained=150, n_constrained=150, n_heldout_unconstrained=20, n_heldout_constrained=40)
    drawn = [draws.draw(settings, slot, 0) for slot in synthesis.slots(settings)]
    assert {c.function for p in drawn for c in p.components} == set(FUNCTIONS)
    assert {c.family for p in drawn for c in p.constraints} == set(FAMILIES)


def test_no_inequality_stands_beside_an_equality_on_the_same_left_hand_side():
    settings = config(n_constrained=300, equality_share=1.0, max_constraints=6)
    same = {("eq_sum", "linear_sum"), ("eq_weighted", "weighted_sum"), ("eq_product_sum", "product_sum")}
    for slot in synthesis.slots(settings):
        families = [c.family for c in draws.draw(settings, slot, 0).constraints]
        assert sum(family.startswith("eq_") for family in families) == slot.constrained
        assert not {(families[-1], family) for family in families[:-1]} & same


def test_f0_of_a_constrained_instance_comes_from_the_run_that_is_recorded(accepted):
    for each in accepted:
        if each.problem.constraints:
            evaluator = evaluator_of(each.problem)
            method = each.verdict.method if each.verdict.method in feasibility.METHODS else "least squares"
            point = feasibility.feasible_point(evaluator, each.verdict.seed, method)
            assert evaluator.objective(point) == each.problem.f0
        else:
            assert (each.verdict.run, each.verdict.method, each.verdict.seed) == (None, None, None)


def test_without_the_search_the_same_instances_are_drawn(accepted):
    sketched = synthesis.synthesize_with_verdicts(config(), synthesis.without_search)
    for whole, sketch in zip(accepted, sketched, strict=True):
        assert sketch.problem.split == whole.problem.split
        if not whole.problem.constraints:
            assert sketch.problem == whole.problem
        elif sketch.attempt == whole.attempt:
            assert sketch.problem.constraints == whole.problem.constraints
            assert sketch.problem.f0 is None


def test_the_same_config_gives_the_same_set(problems):
    assert synthesis.synthesize(config())[0] == problems


def test_more_instances_leave_the_first_ones_alone(problems):
    more = {p.id: p for p in synthesis.synthesize(config(n_unconstrained=40, n_constrained=31))[0]}
    assert len(more) == len(problems) + 16 + 7
    assert all(more[p.id] == p for p in problems)


def test_worker_count_changes_nothing(monkeypatch, problems):
    monkeypatch.setattr(synthesis, "INSTANCES_A_WORKER", 10)
    assert synthesis.synthesize(config(jobs=2))[0] == problems


def test_blas_threads_change_nothing():
    settings = config(dimension_min=40, dimension_max=50, heldout_dimensions=[60], n_constrained=12)
    slots = [slot for slot in synthesis.slots(settings) if slot.constrained and slot.split == "train"]
    found = []
    for threads in (1, 4):
        with threadpoolctl.threadpool_limits(threads):
            found.append([synthesis.first_accepted(settings, slot).problem for slot in slots])
    assert found[0] == found[1]


def test_order_of_work_changes_nothing(problems):
    settings = config()
    by_id = {p.id: p for p in problems}
    for slot in reversed(synthesis.slots(settings)):
        assert synthesis.first_accepted(settings, slot).problem == by_id[slot.id]


def test_another_seed_gives_another_set(problems):
    other = synthesis.synthesize(config(seed=2))[0]
    assert [p.id for p in other] == [p.id for p in problems]
    assert not {synthesis.statement(p) for p in other} >= {synthesis.statement(p) for p in problems}


def test_instances_are_what_the_config_asks_for(problems):
    settings = config()
    for p in problems:
        k = len(p.components)
        assert settings.dimension_min <= p.dimension <= settings.dimension_max
        assert p.budget in settings.budgets
        assert p.kind == "basic" if k == 1 else p.kind in ("composition", "hybrid")
        assert k <= settings.max_components
        assert len({c.function for c in p.components}) == k
        assert np.all(p.box[1] > p.box[0])
        if isinstance(p.lower, tuple):
            assert len(p.lower) == len(p.upper) == p.dimension <= 10
        assert (p.permutation_seed is not None) == (p.kind == "hybrid")
        assert len(p.constraints) <= settings.max_constraints
        assert sum(c.family.startswith("eq_") for c in p.constraints) <= 1
        assert len({c.family for c in p.constraints}) == len(p.constraints)


def test_segments_of_a_hybrid_cover_every_coordinate_once(problems):
    hybrids = [p for p in problems if p.kind == "hybrid"]
    assert hybrids
    for p in hybrids:
        assert p.components[0].start == 0
        assert p.components[-1].stop == p.dimension
        for left, right in zip(p.components, p.components[1:], strict=False):
            assert left.stop == right.start
        assert all(c.stop - c.start >= 2 for c in p.components)


def test_weights_have_three_digits_and_are_positive(problems):
    weights = [c.weight for p in problems if p.kind == "composition" for c in p.components]
    assert all(0.0 < w <= 1.0 and w == float(f"{w:.3g}") for w in weights)


def test_every_kept_instance_can_be_solved_and_has_a_start(problems):
    for p in problems:
        assert p.f0 is not None
        assert np.isfinite(p.f0)
        if p.optimum is not None:
            o = transforms.shift(p)
            g, h = evaluator_of(p).constraints(o)
            assert violation(g[None], h[None])[0] == 0.0
            assert evaluator_of(p).objective(o) == pytest.approx(p.optimum, abs=1e-9)
            assert p.f0 > p.optimum
        else:
            assert p.constraints


def test_some_constrained_instances_have_a_closed_form_optimum(problems):
    known = [p.optimum is not None for p in problems if p.constraints]
    assert 0 < sum(known) < len(known)


def test_no_two_instances_have_the_same_statement():
    tight = {"dimension_min": 2, "dimension_max": 3, "heldout_dimensions": [], "budgets": [100], "half_widths": [5.0]}
    few = config(**tight, max_components=1, rotated_share=0.0, per_coordinate_share=0.0, n_unconstrained=20)
    accepted = synthesis.synthesize_with_verdicts(few)
    statements = [synthesis.statement(each.problem) for each in accepted]
    assert len(set(statements)) == len(statements)
    assert any("same statement as nc-" in r.reason for each in accepted for r in each.rejected)
    fewer = synthesis.synthesize_with_verdicts(few.model_copy(update={"n_unconstrained": 12}))
    assert [e.problem for e in fewer][:12] == [e.problem for e in accepted][:12]


def test_rejected_draws_are_kept_with_their_reason(accepted):
    rejected = [r for each in accepted for r in each.rejected]
    assert rejected
    assert all(r.reason for r in rejected)
    for each in accepted:
        assert [r.attempt for r in each.rejected] == list(range(each.attempt))


def test_files_round_trip(accepted, problems, tmp_path):
    paths = problem_set.write(accepted, str(tmp_path))
    assert [path.name for path in paths] == ["problems.jsonl", "rejected.csv", "quality.csv"]
    assert problem_set.read(str(tmp_path)) == problems
    assert len(pd.read_csv(tmp_path / "quality.csv")) == len(problems)
    assert list(pd.read_csv(tmp_path / "rejected.csv").columns) == ["id", "attempt", "reason"]
    assert json.loads((tmp_path / "problems.jsonl").read_text().splitlines()[0])["id"] == "nc-0000"


def test_an_impossible_config_says_why():
    impossible = config(half_widths=[100.0], dimension_min=20, dimension_max=20, heldout_dimensions=[])
    everything_but_one = [name for name in FUNCTIONS if name != "schwefel_2_22"]
    impossible = impossible.model_copy(update={"heldout_functions": everything_but_one, "n_constrained": 1})
    with pytest.raises(RuntimeError, match="instance nc-0000: 200 draws were rejected"):
        synthesis.synthesize(impossible)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"heldout_functions": ["zakharof"]}, ["zakharof", "zakharov"]),
        ({"heldout_functions": list(FUNCTIONS)}, ["every basic function"]),
        ({"heldout_constraints": ["bal"]}, ["heldout_constraints", "bal", "ball"]),
        ({"heldout_constraints": list(FAMILIES)}, ["every inequality family"]),
    ],
)
def test_wrong_held_out_names_are_named(changes, words):
    with pytest.raises(ValueError) as error:
        synthesis.synthesize(config(**changes))
    assert all(word in str(error.value) for word in words)


@pytest.mark.parametrize(
    "changes",
    [
        {"dimension_min": 30},
        {"heldout_dimensions": list(range(2, 13))},
        {"heldout_dimensions": [5, 5]},
        {"heldout_functions": [], "heldout_dimensions": []},
        {"heldout_functions": [], "heldout_dimensions": [], "heldout_constraints": [], "n_heldout_unconstrained": 0},
        {"heldout_constraints": ["ball", "ball"]},
        {"landscape_instances": 0},
        {"landscape_points": 0},
        {"eval_share": 1.5},
        {"budgets": []},
        {"budgets": [100.0]},
        {"quality_runs": 51},
        {"seeed": 1},
    ],
)
def test_wrong_params_are_refused_before_anything_runs(changes):
    with pytest.raises(ValueError):
        config(**changes)


def test_summary_counts_every_instance(problems):
    table = problem_set.summary(problems)
    assert table["instances"].sum() == len(problems)
    assert list(table["split"]) == ["train", "train", "eval", "eval", "heldout", "heldout"]
    assert table["known optimum"].sum() == sum(p.optimum is not None for p in problems)
    plain = table[table["group"] == "unconstrained"]
    assert (plain["mean constraints"] == 0).all()
    assert (plain["known optimum"] == plain["instances"]).all()


def test_rejections_are_counted_by_reason(accepted):
    table = problem_set.rejections(accepted)
    assert table["draws"].sum() == sum(len(each.rejected) for each in accepted)
    assert table["draws"].is_monotonic_decreasing
    assert list(problem_set.rejections([]).columns) == ["reason", "draws"]


def test_feasibility_runs_count_every_constrained_instance(accepted, problems):
    table = problem_set.feasibility_runs(accepted)
    assert table["instances"].sum() == sum(p.group == "constrained" for p in problems)
    assert set(table["method"]) <= {feasibility.START, *feasibility.METHODS}
    assert (table["largest run"] >= table["median run"]).all()
    assert problem_set.feasibility_runs([]).empty
