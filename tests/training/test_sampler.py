import numpy as np
import pytest

from llamoco_lib.training import sampler


@pytest.fixture
def train(pairs):
    return pairs[pairs["split"] == "train"].reset_index(drop=True)


def test_eq_5_by_hand(train):
    """rho = 1 / (N_a N_qa), shared by an instance's writings: 3 optimizers with 6, 3 and 1 instances."""
    rho = sampler.pair_probabilities(train)
    assert rho.sum() == pytest.approx(1.0)
    of_problem = train.assign(rho=rho).groupby("problem_id")["rho"]
    instances = {"alpha": 6, "beta": 3, "gamma": 1}
    for problem, total in of_problem.sum().items():
        assert total == pytest.approx(1 / (3 * instances[problem.split("-")[1]]))
    assert of_problem.nunique().max() == 1


@pytest.mark.parametrize("homogeneous", [True, False])
def test_balanced_frequencies_are_those_of_eq_5(train, homogeneous):
    order = sampler.schedule(train, 600, 3, True, homogeneous, root=5)
    seen = np.bincount(order.ravel(), minlength=len(train)) / order.size
    by_problem = train.assign(seen=seen, rho=sampler.pair_probabilities(train)).groupby("problem_id")
    difference = (by_problem["seen"].sum() - by_problem["rho"].sum()).abs()
    assert difference.max() < 0.01


def test_unbalanced_draws_every_pair_alike(train):
    order = sampler.schedule(train, 20 * len(train) // 2, 2, False, False, root=5)
    optimizers = train["optimizer"].to_numpy()[order.ravel()]
    assert np.mean(optimizers == "gamma") == pytest.approx(2 / len(train), abs=0.005)


@pytest.mark.parametrize("balanced", [True, False])
def test_homogeneous_batches_are_of_one_instance(train, balanced):
    order = sampler.schedule(train, 50, 4, balanced, True, root=5)
    problems = train["problem_id"].to_numpy()[order]
    assert (problems == problems[:, :1]).all()
    for batch, problem in zip(order, problems[:, 0], strict=True):
        own = (train["problem_id"] == problem).sum()
        assert len(set(batch)) == min(4, own)


def test_mixed_batches_are_not_of_one_instance(train):
    problems = train["problem_id"].to_numpy()[sampler.schedule(train, 50, 4, True, False, root=5)]
    assert np.mean([len(set(batch)) for batch in problems]) > 2.5


def test_same_root_same_order(train):
    first, again, other = (sampler.schedule(train, 9, 4, True, True, root) for root in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
