"""Figures and HTML: what notebooks show."""

import html.parser
import subprocess
import sys

import numpy as np
import pytest

import deciban


class Cells(html.parser.HTMLParser):
    """Texts of the cells of each row of each table; tags must close."""

    def __init__(self, text):
        super().__init__()
        self.open, self.rows, self.tags = [], [], set()
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def severity():
    data = deciban.simulate_portfolio(6000, seed=2, frame="dict")
    keep = data["claim_count"] > 0
    rows = {name: np.asarray(values)[keep] for name, values in data.items()}
    rows["cost"] = rows["claim_amount"] / rows["claim_count"]
    return deciban.fit_glm("cost ~ area * vehicle_gas + bs(driver_age, df = 4)", rows, "gamma", weights="claim_count")


def test_summaries_are_tables(severity):
    cells = Cells(severity.summary(level=0.9)._repr_html_())
    assert {"table", "thead", "tbody", "tr", "th", "td"} <= cells.tags
    by_name = {row[0]: row for row in cells.rows if row}
    assert by_name[""][1:5] == ["Estimate", "Std. Error", "t value", "Pr(>|t|)"] and "lower 90%" in by_name[""]
    for name, estimate in zip(severity.param_names, severity.params):
        assert float(by_name[name][1]) == pytest.approx(estimate, rel=5e-4)
    assert by_name["Formula"][1] == severity.formula
    assert severity._repr_html_() == severity.summary()._repr_html_()
    assert severity.summary()._repr_html_() == severity.summary().as_html()


def test_what_users_wrote_is_escaped():
    data = {"y": [1.0, 2.0, 4.0], "<b>x</b>": [1.0, 2.0, 2.5], "f": ["<i>", "b", "b"]}
    model = deciban.fit_glm("y ~ `<b>x</b>`", data, "gaussian")
    for text in (model._repr_html_(), model.coef_table()._repr_html_()):
        assert "<b>x" not in text and "&lt;b&gt;x" in text
        Cells(text)
    assert "<i>" not in deciban.fit_glm("y ~ f", data, "gaussian").relativities.__self__._repr_html_()


def test_warnings_are_shown():
    with pytest.warns(deciban.DecibanWarning):
        model = deciban.fit_glm("y ~ x + z", {"y": [1, 2, 4], "x": [1.0, 2.0, 4.0], "z": [2.0, 4.0, 8.0]}, "poisson")
    text = model._repr_html_()
    assert "fit.aliased" in text
    assert next(row for row in Cells(text).rows if row[0] == "z")[1] == "NA"


# Figures --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def pyplot():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


def test_terms_are_drawn_from_their_tables(severity, pyplot):
    ax = severity.plot_term("area")
    table = severity.rating_table("area")
    assert np.array_equal(ax.lines[0].get_ydata(), table["relativity"])
    assert [tick.get_text() for tick in ax.get_xticklabels()] == sorted(set(table["area"]))
    bars = next(one for one in ax.figure.axes if one.patches)
    assert [bar.get_height() for bar in bars.patches] == table["exposure"].tolist()
    spline = severity.plot_term("driver_age", points=31)
    table = severity.rating_table("driver_age", points=31)
    assert np.array_equal(spline.lines[0].get_ydata(), table["relativity"])
    both = severity.plot_term("area:vehicle_gas")
    assert [text.get_text() for text in both.get_legend().get_texts()] == ["Diesel", "Regular"]
    given = pyplot.subplots()[1]
    assert severity.plot_term("area", ax=given) is given
    ax.figure.canvas.draw()


def test_effects_of_links_without_factors(pyplot):
    data = {"y": [1.0, 2.0, 4.0, 3.0], "f": ["a", "b", "c", "a"]}
    ax = deciban.fit_glm("y ~ f", data, "gaussian").plot_term("f")
    assert ax.get_ylabel() == "Effect on the predictor"


def test_residuals_are_drawn(severity, pyplot):
    axes = severity.plot_residuals()
    assert len(axes) == 4
    influence = severity.get_influence()
    x, y = axes[3].lines[0].get_data()
    assert np.array_equal(x, influence.hat_values) and np.array_equal(y, influence.resid_standardized_pearson)
    x, y = axes[0].lines[0].get_data()
    assert np.array_equal(y, severity.resid_deviance)
    x, y = axes[1].lines[0].get_data()
    assert (np.diff(x[np.argsort(y, kind="stable")]) > 0).all()
    axes[0].figure.canvas.draw()
    few = severity.plot_residuals("qq", max_points=50)[0]
    assert 50 <= len(few.lines[0].get_xdata()) <= 150


def test_bad_input_by_code(severity, pyplot, raises):
    with raises(deciban.InputError, "input.which"):
        severity.plot_residuals("cook")
    with raises(deciban.InputError, "rating_table.term"):
        severity.plot_term("aera")
    with raises(deciban.DataError, "model.no_data"):
        deciban.model_from_json(severity.to_json()).plot_residuals()


def test_without_matplotlib_the_error_says_so():
    code = (
        "import sys; sys.modules['matplotlib'] = sys.modules['matplotlib.pyplot'] = None\n"
        "import deciban\n"
        "model = deciban.fit_glm('y ~ f', {'y': [1.0, 2.0, 4.0], 'f': ['a', 'b', 'b']}, 'gaussian')\n"
        "try:\n    model.plot_term('f')\nexcept deciban.InputError as error:\n    print(error.code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "package.missing", done.stderr
