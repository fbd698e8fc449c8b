"""A synthetic motor portfolio with known coefficients, for examples and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from . import _core
from ._tables import chosen_library, to_frame

if TYPE_CHECKING:
    from ._types import Frame

__all__ = ["portfolio_truth", "simulate_portfolio"]


def simulate_portfolio(
    n: int,
    seed: int = 0,
    n_threads: int | None = None,
    frame: Literal["pandas", "polars", "pyarrow", "dict"] | None = None,
) -> Frame:
    """Simulate a motor portfolio with the shape of freMTPL2.

    The same numbers come out in R and in Python, for any number of threads, and the first k policies do not depend on
    `n`.

    Parameters
    ----------
    n : int
        Number of policies, from 0 to 2^31 - 1.
    seed : int, default 0
        Key of the random numbers, at least 0.
    n_threads : int, optional
        Threads to use; by default the environment variable ``DECIBAN_NUM_THREADS``, else all processors.
    frame : {"pandas", "polars", "pyarrow", "dict"}, optional
        Library of the result; by default pandas if it is installed, else polars, else a dict of arrays.

    Returns
    -------
    data frame of `n` rows
        Columns ``policy_id, area, vehicle_brand, vehicle_gas, region, vehicle_power, vehicle_age`` (years),
        ``driver_age`` (years), ``bonus_malus`` (percent), ``density`` (inhabitants per km2), ``exposure`` (years),
        ``claim_count`` and ``claim_amount`` (in total over the exposure).

    Raises
    ------
    InputError
        ``input.rows``, ``input.seed``, ``input.frame``, ``input.n_threads``.

    See Also
    --------
    portfolio_truth : the coefficients behind it.

    Examples
    --------
    >>> import deciban
    >>> portfolio = deciban.simulate_portfolio(1000, seed=1, frame="dict")
    >>> len(portfolio["claim_count"])
    1000
    """
    library = chosen_library(frame)
    return to_frame(_core.simulate_portfolio(n, seed, n_threads), library)


def portfolio_truth(frame: Literal["pandas", "polars", "pyarrow", "dict"] | None = None) -> Frame:
    """The coefficients behind `simulate_portfolio`.

    Parameters
    ----------
    frame : {"pandas", "polars", "pyarrow", "dict"}, optional
        Library of the result, as in `simulate_portfolio`.

    Returns
    -------
    data frame
        Columns ``model`` ("frequency" or "severity"), ``term``, ``level`` and ``coefficient`` (log scale).

    Examples
    --------
    >>> import deciban
    >>> sorted(set(deciban.portfolio_truth(frame="dict")["model"]))
    ['frequency', 'severity']
    """
    truth: dict[str, Any] = _core.portfolio_truth()
    return to_frame(truth, chosen_library(frame))
