"""Small problems and a small plan for the tests of the benchmark."""

import pytest

from llamoco_lib import records
from llamoco_lib.params.benchmarking import BenchmarkingConfig
from llamoco_lib.problems.spec import Component, Constraint, Problem


def _problems():
    found = []
    for index in range(8):
        constrained = index % 2 == 1
        found.append(
            Problem(
                id=f"p-{index}",
                kind="basic",
                dimension=2 + index,
                lower=-5.0,
                upper=5.0,
                components=(Component(["sphere", "rastrigin"][index // 2 % 2]),),
                budget=150,
                shift_seed=index,
                rotation_seed=index,
                constraints=(Constraint("linear_sum", {"b": 1.0}),) if constrained else (),
                optimum=None if constrained else 0.0,
                f0=500.0,
                split=["train", "train", "train", "train", "eval", "eval", "heldout", "heldout"][index],
            )
        )
    return found


@pytest.fixture
def problems():
    return _problems()


@pytest.fixture
def config(tmp_path):
    """A configuration on the small problems; ``run_dir`` may be replaced by ``model_copy``."""
    records.write_jsonl(tmp_path / "01_synthesis" / "problems.jsonl", [p.to_json() for p in _problems()])
    return BenchmarkingConfig(
        run_dir=str(tmp_path / "one"),
        source_dir=str(tmp_path),
        seed=5,
        jobs=1,
        unconstrained=["samr_ga", "vanilla_de(CR=0.3)", "multistart_l_bfgs_b"],
        constrained=["multistart_slsqp", "ga_tdx"],
        granularity="default",
        search="exhaustive",
        portfolio_problems=1,
        sample_seeds=2,
        portfolio_size=2,
        n_label_seeds=2,
        n_score_seeds=1,
        reference_factor=10,
        fes_caps={"ga_tdx": 60},
        wall_limit=30.0,
        memory_limit_gib=2.0,
        good_set_tolerance=0.1,
        good_set_alpha=0.1,
        scheduler="",
        reference_labels=str(tmp_path / "none"),
    )
