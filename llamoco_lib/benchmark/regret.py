"""The two ways to score a final value: the paper's Perf. and the log-regret (DESIGN section 4, "Metrics").

Both take numbers only. This module knows nothing of problems, runs or files.
"""

import numpy as np

FLOOR = 1e-8


def _normalised(f: np.ndarray, f0: np.ndarray, f_star: np.ndarray) -> np.ndarray:
    """(f - f*) / (f0 - f*) clipped to [0, 1]; 1 without a finite f. Where f0 = f*, 0 if f reached f*, else 1."""
    f, f0, f_star = (np.asarray(value, float) for value in (f, f0, f_star))
    if not (np.all(np.isfinite(f0)) and np.all(np.isfinite(f_star))):
        raise ValueError(f"f0 and f* must be finite to normalise by; got f0 {f0}, f* {f_star}")
    f, f0, f_star = np.broadcast_arrays(f, f0, f_star)
    span = f0 - f_star
    reached = np.where(span > 0, 0.0, np.where(f <= f_star, 0.0, 1.0))
    share = np.divide(f - f_star, span, out=reached.copy(), where=(span > 0) & np.isfinite(f))
    return np.where(np.isfinite(f), np.clip(share, 0.0, 1.0), 1.0)


def perf(f: np.ndarray, f0: np.ndarray, f_star: np.ndarray) -> np.ndarray:
    """The paper's w = 1 - (f - f*)/(f0 - f*) (App. D), clipped to [0, 1]; shapes broadcast.

    ``f`` is the best feasible value; inf or nan (no feasible point, a failed run) scores 0. Raises ValueError where
    ``f0`` or ``f_star`` is not finite.
    """
    return 1.0 - _normalised(f, f0, f_star)


def log_regret(f: np.ndarray, f0: np.ndarray, f_star: np.ndarray, floor: float = FLOOR) -> np.ndarray:
    """log10 of (f - f*)/(f0 - f*), from log10(floor) (solved) to 0 (no progress); shapes broadcast.

    No feasible point or a failed run counts 0. Raises as ``perf``.
    """
    return np.log10(np.maximum(_normalised(f, f0, f_star), floor))
