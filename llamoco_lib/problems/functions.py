"""The basic function set F: functions of the CEC competitions and classic ones, each moved so that z = 0 is best.

Every function has its optimum at z = 0 with value 0, as the CEC competitions arrange it by a shift. This module is
the table of them: where each comes from, where its optimum was before the move, what its landscape is like. It knows
nothing of shifts, rotations, weights, bounds or constraints.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from llamoco_lib.problems import kernels

Kernel = Callable[[np.ndarray], np.ndarray]

TAGS = {
    "unimodal": "no local optimum beside the global one",
    "multimodal": "has others, or several global ones",
    "separable": "an increasing function of a sum (or product) of functions of one coordinate each",
    "nonseparable": "not so",
    "symmetric": "the same under every permutation of the coordinates",
    "asymmetric": "not so",
    "differentiable": "at every point",
    "nondifferentiable": "not at every point; the optimum is often one where it is not",
    "ill-conditioned": "curvatures differ by a factor of 1000 or more",
    "discontinuous": "has jumps",
    "rugged": "structure at many scales, far more local optima than a cosine wave has",
}


@dataclasses.dataclass(frozen=True)
class BasicFunction:
    """One basic function: ``kernel`` maps z (n, d) to (n,), d >= 2; in a hybrid d is the length of the segment.

    ``optimum`` says where the original has its optimum, and its value there, before the move to z = 0 and value 0.
    ``tags`` are keys of ``TAGS``.
    """

    name: str
    kernel: Kernel
    citation: str
    optimum: str
    tags: tuple[str, ...]


def _kernel(name: str) -> Kernel:
    """The compiled kernel of one basic function, as the objective of an instance that is not moved."""
    codes, weights, starts = np.array([kernels.CODES[name]]), np.ones(1), np.zeros(1, np.int64)
    rotation, permutation = np.empty((0, 0)), np.empty(0, np.int64)

    def kernel(z: np.ndarray) -> np.ndarray:
        z = np.require(z, np.float64, "CAW")
        d = z.shape[1]
        return kernels.objective(z, np.zeros(d), rotation, permutation, codes, weights, starts, np.array([d]))

    return kernel


ORIGIN = "origin, 0"
ONES = "x_i = 1, 0"
MINUS_ONES = "x_i = -1, 0"
SMOOTH_BOWL = "unimodal separable asymmetric differentiable"
CEC_2017 = "Awad et al. 2016, CEC 2017, basic function"
BBOB = "Hansen et al. 2009, BBOB"

_TABLE = (  # name, citation, optimum of the original, tags
    ("sphere", f"De Jong 1975, F1; {BBOB} f1", ORIGIN, "unimodal separable symmetric differentiable"),
    ("bent_cigar", f"{CEC_2017} 1; {BBOB} f12", ORIGIN, f"{SMOOTH_BOWL} ill-conditioned"),
    ("discus", f"{CEC_2017} 12; {BBOB} f11", ORIGIN, f"{SMOOTH_BOWL} ill-conditioned"),
    ("ellipsoid", f"{CEC_2017} 11 (high conditioned elliptic); {BBOB} f2", ORIGIN, f"{SMOOTH_BOWL} ill-conditioned"),
    (
        "different_powers",
        f"Liang et al. 2013, CEC 2013, F5; {BBOB} f14",
        ORIGIN,
        "unimodal separable asymmetric nondifferentiable ill-conditioned",
    ),
    ("sharp_ridge", f"{BBOB} f13", ORIGIN, "unimodal nonseparable asymmetric nondifferentiable ill-conditioned"),
    ("sum_squares", "Molga and Smutnicki 2005, 2.2 (axis parallel hyper-ellipsoid)", ORIGIN, SMOOTH_BOWL),
    ("quartic", "De Jong 1975, F4, without its noise", ORIGIN, SMOOTH_BOWL),
    ("schwefel_1_2", "Schwefel 1981, problem 1.2", ORIGIN, "unimodal nonseparable asymmetric differentiable"),
    ("schwefel_2_21", "Schwefel 1981, problem 2.21", ORIGIN, "unimodal nonseparable symmetric nondifferentiable"),
    ("schwefel_2_22", "Schwefel 1981, problem 2.22", ORIGIN, "unimodal nonseparable symmetric nondifferentiable"),
    (
        "zakharov",
        f"{CEC_2017} 3; Kumar et al. 2021, CEC 2022, F1",
        ORIGIN,
        "unimodal nonseparable asymmetric differentiable",
    ),
    (
        "exponential",
        "Rahnamayan et al. 2007; Jamil and Yang 2013, no. 54; on a box of 100 instead of 1",
        "origin, -1",
        "unimodal separable symmetric differentiable",
    ),
    (
        "step",
        "De Jong 1975, F3; as in Yao et al. 1999, f6",
        ORIGIN,
        "unimodal separable symmetric nondifferentiable discontinuous",
    ),
    (
        "rosenbrock",
        f"Rosenbrock 1960; {CEC_2017} 4",
        ONES,
        "multimodal nonseparable asymmetric differentiable ill-conditioned",
    ),
    (
        "dixon_price",
        "Dixon and Price 1971",
        "x_i = 2^(2^(1 - i) - 1), 0",
        "multimodal nonseparable asymmetric differentiable",
    ),
    ("ackley", f"Ackley 1987; {CEC_2017} 13", ORIGIN, "multimodal nonseparable symmetric nondifferentiable"),
    ("rastrigin", f"Rastrigin 1974; {CEC_2017} 5", ORIGIN, "multimodal separable symmetric differentiable"),
    (
        "noncontinuous_rastrigin",
        f"{CEC_2017} 8; Liang et al. 2006",
        ORIGIN,
        "multimodal separable symmetric nondifferentiable discontinuous",
    ),
    (
        "bi_rastrigin",
        f"Lunacek et al. 2008; {CEC_2017} 7",
        "x_i = 2.5, 0",
        "multimodal nonseparable symmetric nondifferentiable",
    ),
    ("griewank", f"Griewank 1981; {CEC_2017} 15", ORIGIN, "multimodal nonseparable asymmetric differentiable"),
    (
        "griewank_rosenbrock",
        f"{CEC_2017} 19; Whitley et al. 1996, F8F2",
        ONES,
        "multimodal nonseparable asymmetric differentiable ill-conditioned",
    ),
    (
        "schaffer_f6",
        f"Schaffer et al. 1989, f6; {CEC_2017} 6",
        ORIGIN,
        "multimodal nonseparable asymmetric differentiable",
    ),
    (
        "schaffer_f7",
        f"Schaffer et al. 1989, f7; {CEC_2017} 20",
        ORIGIN,
        "multimodal nonseparable asymmetric nondifferentiable rugged",
    ),
    ("bohachevsky", "Bohachevsky et al. 1986, no. 1", ORIGIN, "multimodal separable asymmetric differentiable"),
    ("levy", f"Levy and Montalvo 1985; {CEC_2017} 9", ONES, "multimodal separable asymmetric differentiable"),
    ("salomon", "Salomon 1996", ORIGIN, "multimodal nonseparable symmetric nondifferentiable"),
    ("alpine", "Rahnamayan et al. 2007, Alpine 1", ORIGIN, "multimodal separable symmetric nondifferentiable"),
    (
        "styblinski_tang",
        "Styblinski and Tang 1990",
        "x_i = -2.9035, -39.1662 d",
        "multimodal separable symmetric differentiable",
    ),
    (
        "root_sine",
        "paper, App. F.1, f_1",
        "x_i = -1.1477, -0.9252 d",
        "multimodal separable symmetric nondifferentiable rugged",
    ),
    (
        "michalewicz_like",
        "after Michalewicz 1992, with cosines, so that the optimum is known for every d",
        "origin, -d",
        "multimodal separable asymmetric differentiable rugged",
    ),
    (
        "modified_schwefel",
        f"Schwefel 1981, problem 2.26; {CEC_2017} 10",
        "x_i = 420.9687, -418.9829 d",
        "multimodal separable symmetric nondifferentiable",
    ),
    (
        "katsuura",
        f"Katsuura 1991; {CEC_2017} 16; paper, App. B",
        ORIGIN,
        "multimodal separable asymmetric nondifferentiable rugged",
    ),
    (
        "happycat",
        f"Beyer and Finck 2012; {CEC_2017} 17",
        MINUS_ONES,
        "multimodal nonseparable symmetric nondifferentiable",
    ),
    (
        "hgbat",
        f"Beyer and Finck 2012; {CEC_2017} 18",
        MINUS_ONES,
        "multimodal nonseparable symmetric nondifferentiable",
    ),
    (  # a finite sum of cosines is differentiable; only its limit is not
        "weierstrass",
        f"Weierstrass 1872; {CEC_2017} 14",
        ORIGIN,
        "multimodal separable symmetric differentiable rugged",
    ),
)

FUNCTIONS: dict[str, BasicFunction] = {
    name: BasicFunction(name, _kernel(name), citation, optimum, tuple(tags.split()))
    for name, citation, optimum, tags in _TABLE
}
