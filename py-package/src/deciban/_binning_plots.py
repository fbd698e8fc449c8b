"""Plots of bins and scores (matplotlib)."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

_BAR, _LINE, _WIDTH = "#c6d3e1", "#1f4e79", 0.8


def _axes(ax: Any) -> Any:
    return importlib.import_module("matplotlib.pyplot").subplots(figsize=(7, 4))[1] if ax is None else ax


def plot_bins(columns: dict[str, Any], variable: str, ax: Any = None) -> Any:
    """Bars: share of the rows; points: rate with its interval, a line through neighbouring intervals."""
    ax = _axes(ax)
    positions = np.arange(len(columns["label"]))
    ax.bar(positions, columns["share"], _WIDTH, color=_BAR, zorder=1)
    ax.set_ylabel("share of rows")
    ax.set_xticks(positions, columns["label"], rotation=30, ha="right")
    ax.set_title(variable)
    name = next((known for known in ("event_rate", "rate", "mean") if known in columns), None)
    if name is None:
        return ax
    rates = ax.twinx()
    value = np.asarray(columns[name])
    ordered = np.isfinite(np.asarray(columns["lower"])) | np.isfinite(np.asarray(columns["upper"]))
    rates.plot(positions[ordered], value[ordered], color=_LINE, zorder=2)
    if name == "event_rate":
        low, high = np.asarray(columns["event_rate_lower"]), np.asarray(columns["event_rate_upper"])
        errors = np.abs(np.vstack([value - low, high - value]))
        rates.errorbar(positions, value, errors, fmt="o", color=_LINE, capsize=3, zorder=3)
    else:
        rates.plot(positions, value, "o", color=_LINE, zorder=3)
    rates.set_ylabel(name.replace("_", " "))
    rates.set_ylim(bottom=min(0.0, np.nanmin(value)))
    ax.figure.tight_layout()
    return rates


def plot_scores(scores: np.ndarray, event: np.ndarray, ax: Any = None) -> Any:
    """Histograms of the scores of events and of non-events on common bars."""
    ax = _axes(ax)
    edges = np.histogram_bin_edges(scores, bins=30)
    ax.hist(scores[~event], edges, density=True, color=_BAR, label="non-events")
    ax.hist(scores[event], edges, density=True, histtype="step", linewidth=2, color="#b03a2e", label="events")
    ax.set_xlabel("score")
    ax.set_ylabel("density")
    ax.legend(frameon=False)
    ax.figure.tight_layout()
    return ax
