"""Tables as files: the same frame as CSV (exact numbers), Markdown and LaTeX (rounded to be read).

This module knows nothing of what a table says.
"""

from pathlib import Path

import pandas as pd

from llamoco_lib import records


def shown(value: object) -> str:
    """One cell as a reader sees it: four significant digits, an empty cell where nothing was measured."""
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.4g}"
    return "" if value is None or value is pd.NA else str(value)


def markdown(frame: pd.DataFrame, caption: str) -> str:
    """The frame as a Markdown table under its caption."""
    rows = [list(map(str, frame.columns)), ["---"] * len(frame.columns)]
    rows += [[shown(value).replace("|", "\\|") for value in row] for row in frame.itertuples(index=False)]
    return f"{caption}\n\n" + "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def latex(frame: pd.DataFrame, caption: str, label: str) -> str:
    """The frame as a LaTeX table (booktabs)."""
    escape = str.maketrans({"_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#"})
    rows = [[str(name).translate(escape) for name in frame.columns]]
    rows += [[shown(value).translate(escape) for value in row] for row in frame.itertuples(index=False)]
    lines = [" & ".join(row) + r" \\" for row in rows]
    body = "\n".join([r"\toprule", lines[0], r"\midrule", *lines[1:], r"\bottomrule"])
    return (
        "\\begin{table}\n"
        f"\\caption{{{caption.translate(escape)}}}\\label{{tab:{label}}}\n"
        f"\\begin{{tabular}}{{{'l' * frame.shape[1]}}}\n{body}\n\\end{{tabular}}\n\\end{{table}}\n"
    )


def save(frame: pd.DataFrame, run_dir: str | Path, name: str, caption: str) -> Path:
    """Write ``<run_dir>/tables/<name>.csv``, ``.md`` and ``.tex``; return the CSV's path."""
    target = records.resolve(run_dir) / "tables" / f"{name}.csv"
    records.write_text(target, frame.to_csv(index=False))
    records.write_text(target.with_suffix(".md"), markdown(frame, caption))
    records.write_text(target.with_suffix(".tex"), latex(frame, caption, name))
    return target
