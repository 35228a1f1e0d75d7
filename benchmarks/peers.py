"""Reference implementations of the pool's optimizers that come from a library.

Each is a function ``(objective, lower, upper, dimension, budget, seed)`` with the hyper-parameters of the pool's
default. ``objective`` takes (D,) or (n, D), projects on the box, counts, keeps the best, and raises at the exact
budget (``llamoco_lib.problems.counting``), so a peer just runs until it is stopped. This module knows nothing of the
functions that are compared on, or of the table.
"""

import importlib
from collections.abc import Callable
from types import ModuleType

import cma
import numpy as np
from pypop7.optimizers.bo.lamcts import LAMCTS
from pypop7.optimizers.es.mmes import MMES

from llamoco_lib.problems.counting import BudgetExhausted

Objective = Callable[[np.ndarray], float | np.ndarray]
Peer = Callable[[Objective, np.ndarray, np.ndarray, int, int, int], None]

PACKAGES = {  # module -> the package that has it, in the version compared with
    "bayes_opt": "bayesian-optimization==1.4.0",
    "minionpy": "minionpy==1.9.1",
}


def need(module: str) -> ModuleType:
    """Import a module of an optional package; raises ImportError that says how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = PACKAGES[module.split(".")[0]]
        raise ImportError(f"a reference needs the package {package}: pip install {package}") from error


def _minion(algorithm: str, started: bool, options: dict[str, object]) -> Peer:
    """An algorithm of minionpy (C++), run again where it ends before the budget; ``started`` if it takes a start."""

    def peer(
        objective: Objective, lower: np.ndarray, upper: np.ndarray, dimension: int, budget: int, seed: int
    ) -> None:
        rng = np.random.default_rng(seed)
        exhausted = False

        def values(points: list[list[float]]) -> np.ndarray:
            nonlocal exhausted
            try:
                return objective(np.asarray(points))
            except BudgetExhausted:  # the compiled code would print it; so it is raised when that returns
                exhausted = True
                return np.full(len(points), 1e30)

        while not exhausted:
            getattr(need("minionpy"), algorithm)(
                values,
                list(zip(lower.tolist(), upper.tolist(), strict=True)),
                x0=[rng.uniform(lower, upper).tolist()] if started else None,
                maxevals=budget,
                callback=lambda _: exhausted,
                seed=int(rng.integers(1, 2**31)),
                options=options,
            ).optimize()
        raise BudgetExhausted

    return peer


def sep_cma_es(
    objective: Objective, lower: np.ndarray, upper: np.ndarray, dimension: int, budget: int, seed: int
) -> None:
    """cma with a diagonal covariance matrix; restarted with the same population, as pypop7's never stops."""
    rng = np.random.default_rng(seed)
    options = {"bounds": [lower, upper], "CMA_stds": upper - lower, "CMA_diagonal": True, "verbose": -9}
    while True:
        cma.fmin2(objective, rng.uniform(lower, upper), 0.2, options | {"seed": int(rng.integers(1, 2**31))})


def mmes(objective: Objective, lower: np.ndarray, upper: np.ndarray, dimension: int, budget: int, seed: int) -> None:
    """pypop7's MMES called as its documentation does: in the box's own coordinates, with its own defaults."""
    problem = {
        "fitness_function": objective,
        "ndim_problem": dimension,
        "lower_boundary": lower,
        "upper_boundary": upper,
    }
    width = float(upper[0] - lower[0])
    MMES(problem, {"fitness_threshold": -np.inf, "sigma": 0.2 * width, "seed_rng": seed, "verbose": 0}).optimize()


def la_mcts(
    objective: Objective, lower: np.ndarray, upper: np.ndarray, dimension: int, budget: int, seed: int
) -> None:
    """pypop7's LA-MCTS: the same tree, its leaves sampled by CMA-ES where ours uses a Gaussian process."""
    problem = {
        "fitness_function": objective,
        "ndim_problem": dimension,
        "lower_boundary": lower,
        "upper_boundary": upper,
    }
    LAMCTS(problem, {"seed_rng": seed, "verbose": 0}).optimize()


def bo(objective: Objective, lower: np.ndarray, upper: np.ndarray, dimension: int, budget: int, seed: int) -> None:
    """bayes_opt: Matérn 5/2, expected improvement, 2 D random points first; its model is refitted at every step."""
    bayes_opt = need("bayes_opt")
    names = [f"x{i:02d}" for i in range(dimension)]
    optimizer = bayes_opt.BayesianOptimization(
        lambda **x: -objective(np.array([x[name] for name in names])),
        dict(zip(names, zip(lower, upper, strict=True), strict=True)),
        random_state=seed,
        verbose=0,
        allow_duplicate_points=True,
    )
    gain = bayes_opt.UtilityFunction(kind="ei", xi=0.0)
    optimizer.maximize(init_points=2 * dimension, n_iter=budget, acquisition_function=gain)


_DE = {"mutation_strategy": "rand1bin", "population_size": 50, "mutation_rate": 0.5, "x_tol": -1.0}

vanilla_de = _minion("Differential_Evolution", False, _DE | {"crossover_rate": 0.9, "bound_strategy": "random"})
deap_de = _minion("Differential_Evolution", False, _DE | {"crossover_rate": 0.5, "bound_strategy": "clip"})
dual_annealing = _minion(
    "Dual_Annealing",
    True,
    {"initial_temp": 5230.0, "visit_par": 2.62, "acceptance_par": -5.0, "N_points_derivative": 1, "x_tol": -1.0},
)
bipop_cma_es = _minion("BIPOP_aCMAES", True, {"rel_initial_step": 0.2, "x_tol": 1e-12})
multistart_l_bfgs_b = _minion("L_BFGS_B", True, {"m": 10, "N_points_derivative": 1, "f_reltol": 1e-12})
