"""Figures of a fitted model; matplotlib is imported when one is drawn."""

from __future__ import annotations

import importlib
import statistics
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from . import _convert
from ._errors import InputError
from ._query import Queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

_BAR, _LINE, _REST = "#d9d9d9", "#1b6ca8", ("#1b6ca8", "#d1495b", "#3d8b57", "#b07d2b", "#7a5195", "#555555")
_KINDS = ("residuals", "qq", "scale", "leverage")


class PlotResults(Queries):
    """Part of `GLMResult`."""

    def plot_term(
        self,
        term: str,
        level: float = 0.95,
        at: Any = None,
        base: Any = None,
        points: int = 101,
        scale: Literal["relativity", "link"] | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw what one term does to the mean: its rating table as a figure.

        Levels are points with intervals over bars of their exposure, numbers and splines are lines with a band, a second
        variable makes one line per value.

        Parameters
        ----------
        term, level, at, base, points
            As in `rating_table`.
        scale : {"relativity", "link"}, optional
            By default relativities where the link is log, logit or cloglog, else the scale of the link.
        ax : matplotlib Axes, optional
            Where to draw; by default new axes.

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        InputError
            ``package.missing`` without matplotlib; ``plot.variables`` for a term of more than two variables; those of
            `rating_table`.
        """
        if scale is None:
            scale = "relativity" if self._figures["link"] in ("log", "logit", "cloglog") else "link"
        arguments = {"term": term, "level": level, "at": _listed(at), "base": _listed(base), "points": points}
        answer = self._query("rating_table", {**arguments, "scale": scale}, self._source)
        columns, value = answer.columns, "relativity" if scale == "relativity" else "effect"
        names = list(columns)
        variables = [
            name for name in names[: names.index(value)] if name not in ("rows", "exposure", "claims", "observed")
        ]
        if len(variables) > 2:
            raise InputError(
                f"The term has {len(variables)} variables.",
                code="plot.variables",
                hint="`rating_table` gives it as a table.",
                context={"variables": variables},
            )
        ax = _axes(1)[0] if ax is None else ax
        _draw_table(ax, columns, variables, value)
        ax.set_title(answer.notes["term"], loc="left")
        return ax

    def plot_residuals(
        self, which: Sequence[str] | str = _KINDS, max_points: int = 20000, axes: Any = None
    ) -> np.ndarray:
        """Draw the four diagnostic figures that R draws of a ``glm``.

        Parameters
        ----------
        which : "residuals", "qq", "scale", "leverage", or several of them
            Deviance residuals against the linear predictor; standardised deviance residuals against normal quantiles;
            the root of their absolute values against the linear predictor; standardised Pearson residuals against
            leverage with contours of Cook's distance.
        max_points : int, default 20000
            Of more rows every k-th one is drawn, and the most extreme ones.
        axes : matplotlib Axes or array of them, optional
            One per figure; by default new ones.

        Returns
        -------
        array of matplotlib Axes

        Raises
        ------
        InputError
            ``input.which``, ``package.missing`` without matplotlib.
        DataError
            ``model.no_data``, ``model.data_changed``.
        """
        which = [which] if isinstance(which, str) else list(which)
        if not which or any(kind not in _KINDS for kind in which):
            raise InputError(
                f"`which` is {which!r}.",
                code="input.which",
                hint=f"Choose of {', '.join(_KINDS)}.",
                context={"argument": "which", "choices": list(_KINDS)},
            )
        axes = _axes(len(which)) if axes is None else np.atleast_1d(np.asarray(axes, dtype=object)).ravel()
        rows = _residual_rows(self, max_points)
        for kind, ax in zip(which, axes):
            _DRAW[kind](ax, rows)
        return axes


# Terms ----------------------------------------------------------------------------------------------------------------


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _listed(one) for name, one in value.items()}
    return value if value is None or isinstance(value, (str, int, float)) else np.asarray(value).tolist()


def _draw_table(ax: Axes, columns: dict[str, Any], variables: list[str], value: str) -> None:
    first = columns[variables[0]]
    if len(variables) == 2 and isinstance(columns[variables[1]], tuple) < isinstance(first, tuple):
        variables = variables[::-1]  # the number goes along the axis
        first = columns[variables[0]]
    many = len(variables) == 2
    if isinstance(first, tuple):
        codes, levels = np.asarray(first[0]), list(first[1])
        ax.set_xticks(range(len(levels)), levels)
        if len(levels) > 8 or max(map(len, levels)) > 10:
            ax.tick_params(axis="x", labelrotation=90)
        if not many and "exposure" in columns:
            _draw_exposure(ax, codes, columns["exposure"])
    else:
        codes = np.asarray(first)
    groups = _groups(columns, variables)
    for j, (label, rows) in enumerate(groups):
        colour = _REST[j % len(_REST)] if many else _LINE
        x, y = codes[rows], columns[value][rows]
        lower, upper = columns["lower"][rows], columns["upper"][rows]
        if isinstance(first, tuple):
            shift = 0.0 if not many else (j - (len(groups) - 1) / 2) * min(0.12, 0.6 / len(groups))
            ax.vlines(x + shift, lower, upper, colors=colour, zorder=3)
            style = {"linewidth": 0.8} if many else {"linestyle": "none"}
            ax.plot(x + shift, y, marker="o", markersize=4, color=colour, label=label, zorder=4, **style)
        else:
            ax.fill_between(x, lower, upper, color=colour, alpha=0.2 if not many else 0.1, linewidth=0, zorder=2)
            ax.plot(x, y, color=colour, label=label, zorder=3)
    ax.axhline(1.0 if value == "relativity" else 0.0, color="#888888", linewidth=0.8, zorder=1)
    ax.set_xlabel(variables[0])
    ax.set_ylabel("Relativity" if value == "relativity" else "Effect on the predictor")
    if many:
        ax.legend(title=variables[1], frameon=False)


def _groups(columns: dict[str, Any], variables: list[str]) -> list[tuple[str, np.ndarray]]:
    """Rows of each line: one per value of the second variable."""
    if len(variables) == 1:
        rows = len(columns["lower"])
        return [("", np.arange(rows))]
    second = columns[variables[1]]
    if isinstance(second, tuple):
        codes = np.asarray(second[0])
        return [(label, np.flatnonzero(codes == k)) for k, label in enumerate(second[1])]
    values = np.unique(second)
    if len(values) > len(_REST):  # lines at a few values of the second number
        values = values[np.linspace(0, len(values) - 1, 5).round().astype(int)]
    return [(f"{one:.4g}", np.flatnonzero(second == one)) for one in values]


def _draw_exposure(ax: Axes, codes: np.ndarray, exposure: np.ndarray) -> None:
    beside = ax.twinx()
    beside.bar(codes, exposure, color=_BAR, width=0.8, zorder=0)
    beside.set_ylabel("Exposure")
    beside.set_ylim(0, 2.5 * float(np.nanmax(exposure)))
    ax.set_zorder(beside.get_zorder() + 1)
    ax.patch.set_visible(False)


# Residuals ------------------------------------------------------------------------------------------------------------


def _residual_rows(model: Any, max_points: int) -> dict[str, Any]:
    """Values of the rows that are drawn, with quantiles and ranks over all of them."""
    source = model._training_rows("residuals")
    answer = model._query("influence", {}, source)
    found, index = answer.columns, _convert.index_of(source.data)
    labels = answer.rows if index is None else index.take(answer.rows)
    linear = np.asarray(model.predict(type="link"))
    residuals = np.asarray(model.resid_deviance)
    numbers = {
        "linear": linear,
        "residuals": residuals,
        "standard": np.asarray(found["standard_deviance"]),
        "pearson": np.asarray(found["standard_pearson"]),
        "hat": np.asarray(found["hat"]),
        "cooks": np.asarray(found["cooks"]),
    }
    usable = np.isfinite(np.column_stack(list(numbers.values()))).all(axis=1)
    row = np.flatnonzero(usable)
    values = {name: one[row] for name, one in numbers.items()}
    order = np.argsort(values["standard"], kind="stable")
    place = np.empty(len(row), dtype=np.int64)
    place[order] = np.arange(len(row))
    step = max(1, -(-len(row) // max(1, max_points)))
    extreme = np.concatenate(
        [np.argsort(np.abs(values[name]))[-20:] for name in ("residuals", "pearson", "hat", "cooks")]
    )
    drawn = np.unique(np.concatenate([np.arange(0, len(row), step), extreme]))
    kept: dict[str, Any] = {name: one[drawn] for name, one in values.items()}
    kept.update(row=[labels[i] for i in row[drawn]], place=place[drawn], count=len(row), rank=model.rank)
    return kept


def _scatter(ax: Axes, rows: dict[str, Any], x: np.ndarray, y: np.ndarray, size: np.ndarray) -> None:
    many = len(x) > 2000
    ax.plot(x, y, linestyle="none", marker="o", markersize=2 if many else 4, color=_LINE, alpha=0.35 if many else 0.6)
    width, height = np.ptp(x) / 8, np.ptp(y) / 20
    named: list[int] = []
    for i in np.argsort(size)[:-4:-1].tolist():  # the most extreme rows by number, where there is room
        if any(abs(x[i] - x[j]) < width and abs(y[i] - y[j]) < height for j in named):
            continue
        named.append(i)
        ax.annotate(str(rows["row"][i]), (x[i], y[i]), textcoords="offset points", xytext=(4, 2), fontsize=8)


def _smooth(ax: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Averages of bins of equal size, as a guide to the eye."""
    if len(np.unique(x)) < 4:
        return
    parts = np.array_split(np.argsort(x, kind="stable"), min(20, max(4, len(x) // 20)))
    centres = [(np.average(x[part]), np.average(y[part])) for part in parts if len(part)]
    ax.plot(*zip(*centres), color=_REST[1], linewidth=1.2)


def _draw_residuals(ax: Axes, rows: dict[str, Any]) -> None:
    _scatter(ax, rows, rows["linear"], rows["residuals"], np.abs(rows["residuals"]))
    _smooth(ax, rows["linear"], rows["residuals"])
    ax.axhline(0.0, color="#888888", linewidth=0.8, linestyle=":")
    ax.set(xlabel="Linear predictor", ylabel="Deviance residuals")
    ax.set_title("Residuals against fitted", loc="left")


def _draw_qq(ax: Axes, rows: dict[str, Any]) -> None:
    normal = statistics.NormalDist()
    quantiles = np.asarray([normal.inv_cdf((place + 0.5) / rows["count"]) for place in rows["place"].tolist()])
    _scatter(ax, rows, quantiles, rows["standard"], np.abs(rows["standard"]))
    ends = [float(quantiles.min()), float(quantiles.max())]
    ax.plot(ends, ends, color="#888888", linewidth=0.8, linestyle=":")
    ax.set(xlabel="Normal quantiles", ylabel="Std. deviance residuals")
    ax.set_title("Normal Q-Q", loc="left")


def _draw_scale(ax: Axes, rows: dict[str, Any]) -> None:
    root = np.abs(rows["standard"]) ** 0.5
    _scatter(ax, rows, rows["linear"], root, root)
    _smooth(ax, rows["linear"], root)
    ax.set(xlabel="Linear predictor", ylabel="Root of |std. deviance residuals|")
    ax.set_title("Scale-location", loc="left")


def _draw_leverage(ax: Axes, rows: dict[str, Any]) -> None:
    _scatter(ax, rows, rows["hat"], rows["pearson"], rows["cooks"])
    limits = ax.get_ylim()
    hat = np.linspace(1e-6, max(float(rows["hat"].max()), 1e-5) * 1.05, 101)
    hat = hat[hat < 1.0]
    for distance in (0.5, 1.0):
        bound = (distance * rows["rank"] * (1.0 - hat) / hat) ** 0.5
        for sign in (1.0, -1.0):
            ax.plot(hat, sign * bound, color=_REST[1], linewidth=0.8, linestyle="--")
        inside = np.flatnonzero(bound < limits[1])
        if len(inside):
            ax.annotate(f"{distance:g}", (hat[-1], bound[-1]), color=_REST[1], fontsize=8)
    ax.set_ylim(limits)
    ax.set(xlabel="Leverage", ylabel="Std. Pearson residuals")
    ax.set_title("Residuals against leverage (dashed: Cook's distance)", loc="left")


_DRAW = {"residuals": _draw_residuals, "qq": _draw_qq, "scale": _draw_scale, "leverage": _draw_leverage}


def _axes(count: int) -> np.ndarray:
    try:
        pyplot = importlib.import_module("matplotlib.pyplot")
    except ImportError:
        raise InputError(
            "Figures need matplotlib, which is not installed.",
            code="package.missing",
            hint="Install it: `pip install matplotlib`; `rating_table` and `residuals` have the numbers.",
            context={"package": "matplotlib"},
        ) from None
    columns = min(count, 2)
    rows = -(-count // columns)
    _, axes = pyplot.subplots(rows, columns, figsize=(6.0 * columns, 4.2 * rows), squeeze=False, layout="constrained")
    for ax in axes.ravel()[count:]:
        ax.set_visible(False)
    return axes.ravel()[:count]
