"""The learning curve of tuning: what the model's programs reach on a few problems at chosen steps (paper, Fig. 3).

Knows nothing of how a training step is made.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from llamoco_lib import records
from llamoco_lib.evaluation.comparison import final_runs
from llamoco_lib.evaluation.model_runs import Generate, RunSettings, evaluate_model
from llamoco_lib.problems.spec import Problem

CURVE_METRICS = ("err", "perf", "log_regret", "feasible")


def curve_steps(total: int, points: int) -> tuple[int, ...]:
    """``points`` steps up to ``total``, evenly spaced, without repeats.

    Step 0 is not among them: there the model is the backbone, whose answers run to the token limit and fail.
    """
    return tuple(int(step) for step in np.unique(np.round(np.linspace(0, total, points + 1)[1:]).clip(1)))


def measure(
    generate: Generate,
    asked: pd.DataFrame,
    problems: Mapping[str, Problem],
    references: pd.DataFrame,
    settings: RunSettings,
) -> dict[str, float]:
    """Err., Perf., log-regret and feasible rate of the model's first programs, without a repair turn."""
    _, runs = evaluate_model("curve", generate, asked, problems, settings, repair=False)
    scored = final_runs(runs, references)
    return {metric: float(scored[metric].mean()) for metric in CURVE_METRICS}


class CurveCallback(TrainerCallback):
    """Measures the model at the given steps of training and keeps the rows in a CSV file.

    ``measure_model`` maps the model to the metrics of one point; ``examples_per_step`` turns steps into examples
    seen. The file has columns step, examples, then the metrics, then seconds; it is written anew at every point,
    and a resumed training keeps the points that it finds there for the steps before it.
    """

    def __init__(
        self,
        steps: Sequence[int],
        measure_model: Callable[[object], dict[str, float]],
        examples_per_step: int,
        path: Path,
    ):
        self.steps = frozenset(steps)
        self.measure_model = measure_model
        self.examples_per_step = examples_per_step
        self.path = Path(path)
        self.rows: list[dict[str, float]] = []

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        """Take over earlier points of a resumed training."""
        if self.path.exists() and state.global_step:
            earlier = pd.read_csv(self.path)
            self.rows = earlier[earlier["step"] <= state.global_step].to_dict("records")

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: object = None, **_: object
    ) -> None:
        """Measure if this step is one of those asked for."""
        self._measure(state.global_step, model)

    def _measure(self, step: int, model: object) -> None:
        if step not in self.steps or any(row["step"] == step for row in self.rows):
            return
        started = time.perf_counter()
        training = model.training
        model.eval()
        try:
            metrics = self.measure_model(model)
        finally:
            model.train(training)
        row = {"step": step, "examples": step * self.examples_per_step, **metrics}
        self.rows.append(row | {"seconds": time.perf_counter() - started})
        records.write_text(self.path, pd.DataFrame(self.rows).to_csv(index=False))
