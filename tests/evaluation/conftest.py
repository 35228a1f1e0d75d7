"""A small world for the evaluation room: two problems a group and split, three configurations a group."""

import types

import numpy as np
import pandas as pd
import pytest

from llamoco_lib import optimizers
from llamoco_lib.problems.spec import Component, Constraint, Problem

UNCONSTRAINED = ["dual_annealing", "vanilla_de", "multistart_l_bfgs_b"]
CONSTRAINED = ["slsqp", "multistart_slsqp", "trust_constr"]


def a_problem(group, split, number, budget=60):
    constraints = (Constraint("ball", {"c": 0.5, "r": 9.0}),) if group == "constrained" else ()
    return Problem(
        id=f"{group[0]}-{split}-{number}",
        kind="basic",
        dimension=2 + number,
        lower=-5.0,
        upper=5.0,
        components=(Component("sphere"),),
        budget=budget,
        shift_seed=number,
        constraints=constraints,
        f0=10.0,
        optimum=None if constraints else 0.0,
        split=split,
    )


def a_program(name, problem):
    configuration = optimizers.Configuration(name)
    return optimizers.program(configuration, problem.dimension, problem.lower, problem.upper, problem.budget)


@pytest.fixture(scope="session")
def world():
    problems = {
        p.id: p
        for group in ("unconstrained", "constrained")
        for split in ("train", "eval", "heldout")
        for p in (a_problem(group, split, number) for number in (1, 2))
    }
    keys = {
        group: [optimizers.Configuration(name).key for name in names]
        for group, names in (("unconstrained", UNCONSTRAINED), ("constrained", CONSTRAINED))
    }
    rng = np.random.default_rng(0)
    runs, labels, pairs = [], [], []
    for problem in problems.values():
        own = keys[problem.group]
        best = own[len(labels) % 3]
        for key in own:
            for repetition in range(3):
                value = 10.0 ** (-4 + 3 * (key != best) + rng.random())
                runs.append(
                    {
                        "problem_id": problem.id,
                        "group": problem.group,
                        "split": problem.split,
                        "optimizer": key.partition("(")[0],
                        "configuration": key,
                        "purpose": "score",
                        "repetition": repetition,
                        "best_value": value,
                        "violation": 0.0,
                        "feasible": True,
                        "fes": 60,
                        "seconds": 0.1,
                        "status": "ok",
                        "reason": "",
                        "trace": [value],
                    }
                )
        labels.append(
            {
                "problem_id": problem.id,
                "group": problem.group,
                "split": problem.split,
                "optimizer": best.partition("(")[0],
                "label": best,
                "argmax_label": best,
                "good_set": [best],
                "f0": 10.0,
                "f_star": 0.0,
                "f_star_source": "closed form",
                "label_log_regret": -4.0,
            }
        )
        for style in ("numpy", "loop", "latex"):
            pairs.append(
                {
                    "pair_id": f"{problem.id}/{style}",
                    "problem_id": problem.id,
                    "group": problem.group,
                    "split": problem.split,
                    "language": "latex" if style == "latex" else "python",
                    "style": style,
                    "prompt": f"{problem.id} in {style}",
                    "program": a_program(best.partition("(")[0], problem),
                }
            )
    portfolio = {**keys, "sbs": {group: own[0] for group, own in keys.items()}}
    return types.SimpleNamespace(
        problems=problems,
        runs=pd.DataFrame(runs),
        labels=pd.DataFrame(labels),
        pairs=pd.DataFrame(pairs),
        portfolio=portfolio,
        program=a_program,
    )
