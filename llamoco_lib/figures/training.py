"""Figures of stages 04 and 05: the latents before and after the warm-up, losses, and the learning curve.

This module knows nothing of models.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from llamoco_lib.figures.style import colour


def warm_up_loss(history: pd.DataFrame) -> Figure:
    """Contrastive loss (eq. 4, mean over triplets) against triplets seen; ``history`` as ``training.loop`` has it."""
    figure, axes = plt.subplots(figsize=(6.0, 3.2))
    axes.plot(history["examples"], history["loss"], marker="o", markersize=3.5, color=colour("with warm-up"))
    axes.set(xlabel="triplets seen", ylabel="contrastive loss (distance, 0 to 1)", ylim=(0.0, None))
    return figure


def plane(latents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First two principal components of unit-length latents (n, d): coordinates (n, 2), shares of variance (2,)."""
    unit = latents / np.linalg.norm(latents, axis=1, keepdims=True)
    centred = unit - unit.mean(axis=0)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    return (left * size)[:, :2], (size**2 / np.sum(size**2))[:2]


def latent_planes(before: np.ndarray, after: np.ndarray, optimizers: list[str]) -> Figure:
    """Latents of the same prompts (n, d) before and after the warm-up, each on its own two principal components."""
    figure, panels = plt.subplots(1, 2, figsize=(8.4, 3.8))
    names = sorted(set(optimizers))
    for axes, latents, title in zip(panels, (before, after), ("before the warm-up", "after"), strict=True):
        points, shares = plane(latents)
        for name in names:
            own = points[[optimizer == name for optimizer in optimizers]]
            axes.scatter(*own.T, s=22, color=colour(name), label=name, edgecolors="white", linewidths=0.4)
        axes.set(
            title=title,
            xlabel=f"component 1 ({shares[0]:.0%} of variance)",
            ylabel=f"component 2 ({shares[1]:.0%} of variance)",
        )
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def losses(history: pd.DataFrame) -> Figure:
    """Train and eval loss (nats per answer token, logarithmic) and the learning rate against examples seen."""
    figure, (axes, below) = plt.subplots(2, 1, figsize=(7.0, 4.6), sharex=True, height_ratios=(3, 1))
    axes.plot(history["examples"], history["loss"], color=colour("backbone"), label="train")
    measured = history.dropna(subset=["eval_loss"])
    axes.plot(
        measured["examples"], measured["eval_loss"], color=colour("LLaMoCo"), marker="o", markersize=3, label="eval"
    )
    axes.set(yscale="log", ylabel="loss (nats per token)")
    axes.legend()
    below.plot(history["examples"], history["learning_rate"], color="black", linewidth=1.0)
    below.set(xlabel="training examples seen", ylabel="learning rate", ylim=(0.0, None))
    return figure


def learning_curve(curve: pd.DataFrame) -> Figure:
    """Perf. and Err. of the model's programs on eval problems against the examples seen (``curve.csv``)."""
    figure, axes = plt.subplots(figsize=(6.4, 3.6))
    axes.plot(curve["examples"], curve["perf"], marker="o", color=colour("LLaMoCo"), label="Perf.")
    axes.plot(curve["examples"], curve["err"], marker="s", color=colour("backbone"), label="Err.")
    axes.set(xlabel="training examples seen", ylabel="mean over eval problems", ylim=(-0.03, 1.03))
    axes.legend()
    return figure
