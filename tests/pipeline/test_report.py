"""The report is one self-contained page that leads each figure and table back to its notebook, params and commit."""

import html.parser

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest

from llamoco_lib import tables
from llamoco_lib.figures import style
from llamoco_lib.pipeline import report

CELLS = [
    nbformat.v4.new_markdown_cell("# 01 First: what is asked?"),
    nbformat.v4.new_markdown_cell("## How large?\n\nIs $x_1^{10}$ *large* in $\\mathbb{R}$?"),
    nbformat.v4.new_code_cell('style.save(figure, config.run_dir, "sizes");'),
    nbformat.v4.new_markdown_cell("It is large where the line is high."),
]


@pytest.fixture
def page(tmp_path):
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    style.save(figure, tmp_path, "sizes")
    plt.close(figure)
    frame = pd.DataFrame({"method": ["a<b"] * 70, "perf": [0.123456] * 70})
    tables.save(frame, tmp_path, "table1", "Perf. of each method.")
    (tmp_path / "notebooks").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=CELLS), tmp_path / "notebooks/01_first.ipynb")
    outputs = ["01_first/out.csv", "figures/sizes.png", "figures/sizes.pdf", "tables/table1.csv", "tables/table1.md"]
    record = {
        "stage": "01_first",
        "status": "ok",
        "key": "abcdef0123456789",
        "params": {"seed": 1, "size": 12},
        "inputs": {},
        "outputs": dict.fromkeys(outputs, "0" * 64),
        "packages": {"numpy": "9.9"},
        "commit": "c0ffee",
        "seconds": 12.34,
    }
    failed = {**record, "stage": "02_second", "status": "failed", "outputs": {}}
    return report.write(tmp_path, [record, failed]).read_text()


@pytest.mark.parametrize(
    "text",
    [
        "01 First: what is asked?",
        "<em>large</em>",
        "<i>x<sub>1</sub><sup>10</sup></i>",
        r"<code>\mathbb{R}</code>",
        "<strong>How large?</strong>",
        "It is large where the line is high.",
        "Perf. of each method.",
        "a&lt;b",
        "0.1235",
        "and 10 rows more",
        "abcdef012345",
        "c0ffee",
        "12.3 s",
        "size = 12",
        "notebooks/01_first.ipynb",
        "numpy 9.9",
        'class="failed">failed',
    ],
)
def test_page_says(page, text):
    assert text in page


def test_page_is_self_contained_and_well_formed(page):
    class Reader(html.parser.HTMLParser):
        void = {"meta", "img", "br", "link", "input"}

        def __init__(self):
            super().__init__()
            self.open, self.sources = [], []

        def handle_starttag(self, tag, attributes):
            self.sources += [value for name, value in attributes if name == "src"]
            if tag not in self.void:
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    assert len(reader.sources) == 1
    assert reader.sources[0].startswith("data:image/png;base64,")
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
