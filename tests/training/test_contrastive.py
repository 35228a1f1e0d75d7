import numpy as np
import pytest
import torch

from llamoco_lib.training import contrastive


def test_distance_by_hand():
    """Eq. 3: same direction 0, right angle 1/2, opposite 1, whatever the lengths."""
    first = torch.tensor([[1.0, 0.0], [2.0, 0.0], [1.0, 1.0], [3.0, 4.0]])
    second = torch.tensor([[5.0, 0.0], [0.0, 0.1], [-2.0, -2.0], [4.0, 3.0]])
    expected = torch.tensor([0.0, 0.5, 1.0, 0.5 * (1 - 24 / 25)])
    torch.testing.assert_close(contrastive.distance(first, second), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("negative", "expected"),
    [
        ([0.0, 1.0], 0.02 + 0.0),  # distance 1/2 is beyond the margin 0.3
        ([3.0, 4.0], 0.02 + 0.3 - 0.2),  # cosine 0.6, distance 0.2: 0.1 inside it
        ([1.0, 0.0], 0.02 + 0.3),  # the anchor's own direction
    ],
)
def test_loss_by_hand(negative, expected):
    """Eq. 4 with an anchor along the first axis and a positive of cosine 0.96, distance 0.02."""
    anchor = torch.tensor([[1.0, 0.0]])
    positive = torch.tensor([[24.0, 7.0]])
    loss = contrastive.contrastive_loss(anchor, positive, torch.tensor([negative]), margin=0.3)
    assert loss.item() == pytest.approx(expected, abs=1e-6)


def test_latent_is_that_of_the_last_token():
    hidden = torch.arange(24.0).view(2, 3, 4)
    picked = contrastive.latent(hidden, torch.tensor([2, 0]))
    assert picked.tolist() == [hidden[0, 2].tolist(), hidden[1, 0].tolist()]


@pytest.mark.parametrize("balanced", [True, False])
def test_triplets_have_the_right_optimizers(pairs, balanced):
    train = pairs[pairs["split"] == "train"].reset_index(drop=True)
    found = contrastive.triplets(train, 600, balanced, root=1)
    optimizer, problem = train["optimizer"].to_numpy()[found], train["problem_id"].to_numpy()[found]
    assert (optimizer[:, 0] == optimizer[:, 1]).all()
    assert (optimizer[:, 0] != optimizer[:, 2]).all()
    other = optimizer[:, 0] != "gamma"  # gamma has one instance: its positive is another writing
    assert (problem[other, 0] != problem[other, 1]).all()
    assert (found[~other, 0] != found[~other, 1]).all()
    share = np.mean(optimizer[:, 0] == "gamma")
    assert share == pytest.approx(1 / 3 if balanced else 2 / len(train), abs=0.06)


def test_triplets_need_two_optimizers(pairs):
    with pytest.raises(ValueError, match="two optimizers.*'alpha'"):
        contrastive.triplets(pairs[pairs["optimizer"] == "alpha"].reset_index(drop=True), 5, True, root=1)
