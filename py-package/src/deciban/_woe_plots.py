"""Plots of weights of evidence (matplotlib)."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

_BAR, _LINE, _FOR, _AGAINST = "#c6d3e1", "#1f4e79", "#b5473c", "#2f6f8f"


def _axes(ax: Any, height: float = 4.0) -> Any:
    return importlib.import_module("matplotlib.pyplot").subplots(figsize=(7, height))[1] if ax is None else ax


def _bounded(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Infinite ends of intervals reach a little beyond what is finite."""
    finite = np.concatenate([values[np.isfinite(values)], others[np.isfinite(others)], [0.0]])
    room = max(1.0, np.ptp(finite)) * 0.3
    return np.clip(values, finite.min() - room, finite.max() + room)


def plot_woe(columns: dict[str, Any], notes: dict[str, Any], ax: Any = None) -> Any:
    """Points: WOE with its interval; bars behind: rows of the level."""
    ax = _axes(ax)
    positions = np.arange(len(columns["level"]))
    woe = np.asarray(columns["woe"])
    low = _bounded(np.asarray(columns["woe_lower"]), woe)
    high = _bounded(np.asarray(columns["woe_upper"]), woe)
    counts = ax.twinx()
    counts.bar(positions, columns["count"], 0.8, color=_BAR, zorder=1)
    counts.set_ylabel("rows")
    ax.set_zorder(counts.get_zorder() + 1)
    ax.patch.set_visible(False)
    ax.axhline(0.0, color="grey", linewidth=0.8)
    ax.vlines(positions, low, high, color=_LINE, linewidth=1.5)  # the encoded value may lie outside
    ax.plot(positions, woe, "o", color=_LINE)
    ax.set_xticks(positions, columns["level"], rotation=30, ha="right")
    ax.set_ylabel("weight of evidence")
    ax.set_title(notes["feature"] + (f" ({notes['label']})" if notes.get("label") else ""))
    ax.figure.tight_layout()
    return ax


def plot_iv(columns: dict[str, Any], notes: dict[str, Any], ax: Any = None) -> Any:
    """Nearly unbiased information values with intervals, the greatest on top."""
    estimate = np.asarray(columns["iv_unbiased"])
    order = np.argsort(estimate, kind="stable")
    ax = _axes(ax, 1.2 + 0.35 * len(order))
    positions = np.arange(len(order))
    ax.hlines(positions, np.asarray(columns["iv_lower"])[order], np.asarray(columns["iv_upper"])[order], color=_LINE)
    significant = np.asarray(columns["significant"])[order]
    ax.plot(estimate[order][significant], positions[significant], "o", color=_LINE)
    ax.plot(estimate[order][~significant], positions[~significant], "o", color=_LINE, fillstyle="none")
    ax.set_yticks(positions, [columns["feature"][i] for i in order])
    ax.axvline(0.0, color="grey", linewidth=0.8)
    ax.set_xlabel("information value" + (f" ({notes['label']})" if notes.get("label") else ""))
    ax.figure.tight_layout()
    return ax


def plot_contributions(columns: dict[str, Any], notes: dict[str, Any], row: int = 0, ax: Any = None) -> Any:
    """From the prior to the posterior of one row, in decibans."""
    chosen = np.flatnonzero(np.asarray(columns["row"]) == row + 1)
    value = np.asarray(columns["decibans"])[chosen]
    names = [columns["feature"][i] + (f" = {columns['level'][i]}" if columns["level"][i] else "") for i in chosen]
    starts = np.concatenate([[0.0], np.cumsum(value[:-1])[:-1], [0.0]])
    ax = _axes(ax, 1.2 + 0.4 * len(value))
    positions = np.arange(len(value))[::-1]
    colours = [_LINE if i in (0, len(value) - 1) else _FOR if v > 0 else _AGAINST for i, v in enumerate(value)]
    ax.barh(positions, value, left=starts, color=colours)
    for position, start, one in zip(positions, starts, value):
        ax.text(start + one, position, f" {one:+.1f} ", va="center", ha="left" if one >= 0 else "right")
    ax.set_yticks(positions, names)
    ax.axvline(0.0, color="grey", linewidth=0.8)
    reach = np.concatenate([starts, starts + value])
    room = 0.15 * max(np.ptp(reach), 1.0)
    ax.set_xlim(reach.min() - room, reach.max() + room)  # bars would hold the limits to themselves
    ax.set_xlabel(f"decibans of the odds of class {notes['class']}")
    ax.figure.tight_layout()
    return ax
