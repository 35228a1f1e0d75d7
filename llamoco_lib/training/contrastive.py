"""The contrastive warm-up's distance, loss and triplets (paper 3.2, eqs. 3 and 4). Knows nothing of tokenizers."""

import numpy as np
import pandas as pd
import torch
from transformers import PreTrainedModel

from llamoco_lib import seeds
from llamoco_lib.training import sampler
from llamoco_lib.training.loop import hidden_states


def distance(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """G of eq. 3: half of one minus the cosine of two latents, (..., d) and (..., d) -> (...), in [0, 1]."""
    return 0.5 * (1.0 - torch.nn.functional.cosine_similarity(first, second, dim=-1))


def contrastive_loss(
    anchor: torch.Tensor, positive: torch.Tensor, negative: torch.Tensor, margin: float
) -> torch.Tensor:
    """L_cl of eq. 4, positive and negative term together, mean over triplets: three times (n, d) -> scalar."""
    apart = torch.clamp(margin - distance(anchor, negative), min=0.0)
    return (distance(anchor, positive) + apart).mean()


def latent(hidden: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
    """The last layer's output at each prompt's last token, float32: (n, T, d), (n,) -> (n, d)."""
    return hidden[torch.arange(len(last), device=hidden.device), last].float()


def triplets(pairs: pd.DataFrame, n: int, balanced: bool, root: int) -> np.ndarray:
    """Places in ``pairs`` of anchor, positive and negative, shape (n, 3).

    The positive has the anchor's optimizer and is of another instance where there is one, else another writing, the
    negative has another optimizer. With ``balanced`` anchors follow eq. 5, and negatives too among the other
    optimizers. Raises ValueError if all pairs have one optimizer.
    """
    rng = seeds.generator(root, "triplets")
    optimizer, problem = pairs["optimizer"].to_numpy(), pairs["problem_id"].to_numpy()
    if len(set(optimizer)) < 2:
        raise ValueError(
            f"the contrastive warm-up needs two optimizers; all {len(pairs)} pairs have {optimizer[0]!r}"
        )
    weight = sampler.pair_probabilities(pairs) if balanced else np.full(len(pairs), 1.0 / len(pairs))
    rows = []
    for anchor in rng.choice(len(pairs), size=n, p=weight / weight.sum()):
        same = optimizer == optimizer[anchor]
        fit = same & (problem != problem[anchor])
        if not fit.any():
            fit = same & (np.arange(len(pairs)) != anchor) if same.sum() > 1 else same
        rows.append([anchor, _draw(fit, weight, rng), _draw(~same, weight, rng)])
    return np.array(rows, int).reshape(n, 3)


def _draw(fit: np.ndarray, weight: np.ndarray, rng: np.random.Generator) -> int:
    chance = np.where(fit, weight, 0.0)
    return int(rng.choice(len(fit), p=chance / chance.sum()))


def warm_up_loss(model: PreTrainedModel, batch: dict[str, torch.Tensor], margin: float) -> torch.Tensor:
    """The loss of n triplets: ``input_ids`` (3 n, T), anchors first, then positives, negatives; ``last`` (3 n,)."""
    anchor, positive, negative = latent(hidden_states(model, batch["input_ids"]), batch["last"]).chunk(3)
    return contrastive_loss(anchor, positive, negative, margin)
