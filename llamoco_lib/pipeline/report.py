"""One self-contained page over a run: every figure and table, with the notebook, params and commit that made it.

The question before a figure and the sentence after it are those of the notebook. This module knows nothing of what
the figures show.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2
import markupsafe
import pandas as pd

from llamoco_lib import records, tables

SHOWN_ROWS = 60


def write(run_dir: Path, stage_records: Sequence[Mapping]) -> Path:
    """Write ``<run_dir>/report.html`` over the stages' records, in their order; return its path."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["markdown"] = _markdown
    stages = [_stage(run_dir, record) for record in stage_records]
    page = environment.get_template("report.html.j2").render(
        title=run_dir.name,
        stages=stages,
        commits=sorted({record["commit"] for record in stage_records}),
        packages=stage_records[-1]["packages"],
        seconds=sum(record["seconds"] for record in stage_records),
    )
    return records.write_text(run_dir / "report.html", page)


def _stage(run_dir: Path, record: Mapping) -> dict:
    notebook = run_dir / "notebooks" / f"{record['stage']}.ipynb"
    cells = records.read_json(notebook)["cells"] if notebook.is_file() else []
    outputs = [run_dir / name for name in record["outputs"] if (run_dir / name).is_file()]
    figures = [path for path in outputs if path.parent.name == "figures" and path.suffix == ".png"]
    found = [path for path in outputs if path.parent.name == "tables" and path.suffix == ".csv"]
    place = {path: _place(cells, path.stem) for path in (*figures, *found)}
    figures, found = (sorted(paths, key=lambda path: (place[path], path.name)) for paths in (figures, found))
    return {
        **record,
        "title": _title(cells) or record["stage"],
        "notebook": notebook.relative_to(run_dir) if cells else None,
        "files": [name for name in record["outputs"] if not name.startswith(("figures/", "tables/"))],
        "figures": [_figure(path, cells, place[path]) for path in figures],
        "tables": [_table(path) for path in found],
    }


def _figure(path: Path, cells: Sequence[Mapping], place: int) -> dict:
    return {
        "name": path.stem,
        "data": base64.b64encode(path.read_bytes()).decode(),
        "question": _text(cells, place, -1),
        "reading": _text(cells, place, +1),
    }


def _table(path: Path) -> dict:
    frame = pd.read_csv(path)
    caption = path.with_suffix(".md").read_text(encoding="utf-8").split("\n\n", 1)[0]
    numeric = [pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns]
    rows = [[tables.shown(value) for value in row] for row in frame.head(SHOWN_ROWS).itertuples(index=False)]
    return {
        "name": path.stem,
        "caption": caption,
        "columns": list(frame.columns),
        "numeric": numeric,
        "rows": rows,
        "more": max(0, len(frame) - SHOWN_ROWS),
    }


def _title(cells: Sequence[Mapping]) -> str:
    headings = re.findall(r"^# (.+)$", "\n".join(map(_source, cells[:1])), flags=re.MULTILINE)
    return headings[0] if headings else ""


def _source(cell: Mapping) -> str:
    return "".join(cell["source"])


def _place(cells: Sequence[Mapping], name: str) -> int:
    """Index of the code cell with the name in quotes (an f-string's braces stand for anything), else past the end."""
    for index, cell in enumerate(cells):
        for text in re.findall(r"""["']([A-Za-z]\w*[\w{}.]*)["']""", _source(cell)):
            pattern = "".join(".*" if part[:1] == "{" else re.escape(part) for part in re.split(r"({[^}]*})", text))
            if cell["cell_type"] == "code" and re.fullmatch(pattern, name):
                return index
    return len(cells)


def _text(cells: Sequence[Mapping], place: int, step: int) -> str:
    """The Markdown cell next to the code cell at ``place``, its headings in bold."""
    if not 0 <= place + step < len(cells) or cells[place + step]["cell_type"] != "markdown":
        return ""
    return re.sub(r"^#+ (.*)$", r"**\1**", _source(cells[place + step]), flags=re.MULTILINE).strip()


def _markdown(text: str) -> markupsafe.Markup:
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    return markupsafe.Markup(re.sub(r"\$([^$\n]+)\$", _formula, markdown2html_mistune(text)))


def _formula(match: re.Match) -> str:
    """A short formula in plain HTML; the page fetches no library, so what needs LaTeX is shown as its source."""
    if "\\" in match[1]:
        return f"<code>{match[1]}</code>"
    raised = re.sub(r"\^(?:\{([^}]*)\}|(\w))", r"<sup>\1\2</sup>", match[1])
    lowered = re.sub(r"_(?:\{([^}]*)\}|(\w))", r"<sub>\1\2</sub>", raised)
    return f"<i>{lowered}</i>"
