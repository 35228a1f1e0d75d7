"""The shape of the workbook: imports go one way, notebooks tell and the library does (DESIGN sections 2 and 3)."""

import ast
import statistics

import nbformat
import papermill
import pytest
import yaml

from llamoco_lib import params
from llamoco_lib.pipeline import keys, stages
from llamoco_lib.records import REPOSITORY

LIBRARY = REPOSITORY / "llamoco_lib"
LEVELS = (
    {"params", "records", "seeds"},
    {"problems"},
    {"optimizers"},
    {"benchmark"},
    {"prompts"},
    {"training"},
    {"programs"},
    {"evaluation"},
    {"figures", "tables"},
    {"pipeline", "solve"},
)
LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}
POOL = LIBRARY / "optimizers" / "pool"
FILES = [
    file for file in sorted(LIBRARY.rglob("*.py")) if file != LIBRARY / "__init__.py" and POOL not in file.parents
]
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))


def name_of(file):
    return str(file.relative_to(REPOSITORY))


def modules(tree):
    """Every module of the library that a syntax tree imports, as dotted names below llamoco_lib."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name.removeprefix("llamoco_lib.") for name in names if name.startswith("llamoco_lib."))


def code_cells(notebook):
    return [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]


def python(cell):
    """The cell without IPython's own lines."""
    return "\n".join("pass" if line.startswith(("%", "!")) else line for line in cell.source.splitlines())


def parameters_cell(notebook):
    return next(cell for cell in code_cells(notebook) if "parameters" in cell.metadata.get("tags", []))


def closure(names):
    """The files of the library behind dotted names, and behind what those import in turn."""
    found, waiting = set(), list(names)
    while waiting:
        parts = waiting.pop().split(".")
        for length in range(1, len(parts) + 1):
            path = LIBRARY.joinpath(*parts[:length])
            file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            if file.is_file() and file not in found:
                found.add(file)
                waiting += modules(ast.parse(file.read_text()))
    return found


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_imports_go_one_way(file):
    room = file.relative_to(LIBRARY).parts[0].removesuffix(".py")
    for module in modules(ast.parse(file.read_text())):
        target = module.split(".")[0]
        assert LEVEL[target] <= LEVEL[room], f"{room} imports {module}, which stands below it"


@pytest.mark.parametrize("file", sorted(POOL.glob("*.py")), ids=name_of)
def test_programs_of_the_pool_do_not_know_the_library(file):
    assert list(modules(ast.parse(file.read_text()))) == []


LONG = {"llamoco_lib/problems/kernels.py"}  # all in one: numba's cache does not notice a kernel changed elsewhere


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_module_says_what_it_is_and_stays_short(file):
    text = file.read_text()
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 350 or name_of(file) in LONG


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_has_no_definitions(self, notebook):
        for cell in code_cells(notebook):
            for node in ast.walk(ast.parse(python(cell))):
                assert not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda)

    def test_cells_are_short(self, notebook):
        assert statistics.median(len(cell.source.splitlines()) for cell in code_cells(notebook)) <= 6

    def test_stores_no_outputs(self, notebook):
        content = nbformat.read(notebook, as_version=4)
        nbformat.validate(content)
        for cell in code_cells(notebook):
            assert cell.outputs == [] and cell.execution_count is None
        assert content.metadata.kernelspec.name == "python3"
        identifiers = [cell.id for cell in content.cells]
        assert len(set(identifiers)) == len(identifiers)

    def test_has_one_parameters_cell_with_the_fields_of_its_class(self, notebook):
        tagged = [cell for cell in code_cells(notebook) if "parameters" in cell.metadata.get("tags", [])]
        assert len(tagged) == 1
        fields = set(params.STAGES[notebook.stem].model_fields)
        assert set(papermill.inspect_notebook(str(notebook))) == fields
        lines = tagged[0].source.splitlines()
        ends = [lines[node.end_lineno - 1] for node in ast.parse(tagged[0].source).body]
        assert all("  # " in line for line in ends), "each parameter says what it is"

    def test_quick_file_says_the_same_as_the_parameters_cell(self, notebook):
        nodes = ast.parse(parameters_cell(notebook).source).body
        here = {node.target.id: ast.literal_eval(node.value) for node in nodes}
        file = REPOSITORY / "params" / "quick" / f"{notebook.stem}.yaml"
        assert yaml.safe_load(file.read_text()) == here

    def test_begins_with_a_title_and_question(self, notebook):
        first = nbformat.read(notebook, as_version=4).cells[0]
        assert first.cell_type == "markdown"
        assert first.source.startswith("# ") and "?" in first.source

    def test_figures_are_asked_for_and_read(self, notebook):
        """Each cell that saves a figure has text before it and after it."""
        cells = nbformat.read(notebook, as_version=4).cells
        for index, cell in enumerate(cells):
            if cell.cell_type == "code" and "style.save(" in cell.source:
                assert cells[index - 1].cell_type == "markdown", cell.source
                assert cells[index + 1].cell_type == "markdown", cell.source

    def test_stage_table_names_all_source_that_it_imports(self, notebook):
        """Else a change of that source would not run the notebook again."""
        imported = {name for cell in code_cells(notebook) for name in modules(ast.parse(python(cell)))}
        own = LIBRARY / "params"
        outside = {LIBRARY / "pipeline", own}
        known = set(keys.library_files(stages.STAGES[notebook.stem]))
        files = {file for file in closure(imported) if not outside & set(file.parents)}
        missing = {name_of(file) for file in files - known if file.read_text().count("\n") > 1}
        assert missing == set()
