"""Hyper-parameters of a support vector regression on the diabetes data that scikit-learn bundles.

x = log10 of (C, gamma, epsilon); the objective is the 3-fold cross-validated mean squared error of the standardized
target, that is the share of the variance that stays unexplained. One evaluation trains three models (about 15 ms), so
the budget is small, as it is for people who tune hyper-parameters. A black box: no closed form exists.
"""

import functools

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import KFold
from sklearn.svm import SVR

from llamoco_lib.problems.realistic.problem import RealisticProblem


@functools.cache
def folds() -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], ...]:
    """Three folds of the standardized data: inputs and targets to train on, inputs and targets to test on."""
    inputs, target = load_diabetes(return_X_y=True)
    inputs = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    target = (target - target.mean()) / target.std()
    splits = KFold(3, shuffle=True, random_state=0).split(inputs)
    return tuple((inputs[train], target[train], inputs[test], target[test]) for train, test in splits)


def error(x: np.ndarray) -> float:
    """Cross-validated mean squared error at one point (3,)."""
    C, gamma, epsilon = 10.0**x
    squares = []
    for train_inputs, train_target, test_inputs, test_target in folds():
        model = SVR(C=C, gamma=gamma, epsilon=epsilon).fit(train_inputs, train_target)
        squares.append((model.predict(test_inputs) - test_target) ** 2)
    return float(np.mean(np.concatenate(squares)))


def rows(points: np.ndarray) -> np.ndarray:
    """Cross-validated mean squared error at points (n, 3)."""
    return np.array([error(x) for x in points], dtype=float)


PYTHON = """\
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.svm import SVR

A, b = load_diabetes(return_X_y=True)
A = (A - A.mean(axis=0)) / A.std(axis=0)
b = (b - b.mean()) / b.std()
folds = KFold(3, shuffle=True, random_state=0)

def f(x):
    model = SVR(C=10**x[0], gamma=10**x[1], epsilon=10**x[2])
    return np.mean((cross_val_predict(model, A, b, cv=folds) - b)**2)
"""

PROBLEM = RealisticProblem(
    id="svr_diabetes",
    title="SVR hyper-parameters",
    source="scikit-learn's diabetes data, 3-fold cross-validation",
    dimension=3,
    budget=50,
    box_lower=(-2.0, -4.0, -3.0),
    box_upper=(2.0, 1.0, 0.0),
    rows=rows,
    reference=0.476915943,
    reference_source="best of 4,500 evaluations by random search, differential evolution and Nelder-Mead",
    is_optimum=False,
    f0=0.4889058407837858,
    writings={"python": PYTHON},
)
