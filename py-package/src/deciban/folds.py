"""Folds of rows, the same in R and Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from . import _convert, _core
from ._errors import InputError, raise_warnings
from ._tables import Table, as_table

if TYPE_CHECKING:
    from ._types import ColumnArgument

__all__ = ["Folds", "folds"]


class Folds:
    """Folds of rows: what `folds` made.

    It iterates over pairs of row numbers ``(train, test)``, repeat by repeat, and serves scikit-learn as ``cv=``.

    Attributes
    ----------
    fold : array of int32, shape (n_repeats, rows)
        Fold of each row, from 0; -1 for rows that are never tested (the first period of scheme "time").
    scheme, n_folds, n_repeats, seed, rows
        As asked for.
    ordered : bool
        Fold k is trained on earlier folds and on rows that are never tested only, as for scheme "time".
    sizes : Table
        Columns ``repeat, fold`` (from 1), ``train_rows, test_rows``.
    """

    def __init__(self, fold: npt.NDArray[np.int32], sizes: Table, notes: dict[str, Any]):
        self.fold = fold
        self.sizes = sizes
        self.scheme: str = notes["scheme"]
        self.n_folds: int = notes["n_folds"]
        self.n_repeats: int = notes["n_repeats"]
        self.seed: int = notes["seed"]
        self.ordered: bool = notes["ordered"]
        self.rows: int = notes["rows"]

    def __len__(self) -> int:
        return self.n_folds * self.n_repeats

    def __iter__(self) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
        for fold in self.fold:
            for k in range(self.n_folds):
                test = fold == k
                yield np.flatnonzero(fold < k if self.ordered else ~test), np.flatnonzero(test)

    def split(
        self, X: Any = None, y: Any = None, groups: Any = None
    ) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
        """Pairs of row numbers ``(train, test)``; the arguments are scikit-learn's and are not looked at."""
        return iter(self)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of pairs."""
        return len(self)

    def __repr__(self) -> str:
        repeats = f", {self.n_repeats} repeats" if self.n_repeats > 1 else ""
        return f"{self.n_folds} folds ({self.scheme}) of {self.rows} rows{repeats}\n{self.sizes!r}"


def folds(
    n: int | None = None,
    n_folds: int = 5,
    scheme: Literal["kfold", "stratified", "group", "time"] = "kfold",
    strata: ColumnArgument = None,
    groups: ColumnArgument = None,
    time: ColumnArgument = None,
    n_repeats: int = 1,
    seed: int = 0,
    n_threads: int | None = None,
) -> Folds:
    """Share rows out to folds, for encoders and cross-validation.

    The same seed gives the same folds in R and Python, for any number of threads.

    Parameters
    ----------
    n : int, optional
        Number of rows; not needed with `strata`, `groups` or `time`.
    n_folds : int, default 5
        From 2 to 32,767, at most as many as rows (groups).
    scheme : {"kfold", "stratified", "group", "time"}, default "kfold"
        "kfold": at random; sizes differ by one row at most, also within every run of 1,024 rows. "stratified": the same
        within each of the `strata`. "group": rows of a group stay together; groups in random order, each into the fold
        with the fewest rows. "time": rolling origin; `time` is cut into ``n_folds + 1`` periods of whole values and
        about equal numbers of rows, fold k is tested on period k + 1 and trained on all periods before.
    strata, groups, time : array-like
        One value per row, as the scheme needs it; none may be missing.
    n_repeats : int, default 1
        Independent repetitions; 1 for "time".
    seed : int, default 0
        Key of the random numbers, at least 0.
    n_threads : int, optional
        As in `fit_glm`.

    Returns
    -------
    Folds

    Raises
    ------
    InputError
        ``folds.scheme``, ``folds.n_folds``, ``folds.n_repeats``, ``folds.too_few_rows``, ``folds.too_few_groups``,
        ``folds.too_few_times``, ``folds.by_missing``, ``folds.unused_argument``, ``data.length_mismatch``.
    DataError
        ``folds.missing``.

    Warns
    -----
    DecibanWarning
        ``folds.small_stratum``: fewer rows than folds.

    Examples
    --------
    >>> import deciban
    >>> deciban.folds(10, n_folds=2, seed=1).fold.shape
    (1, 10)
    >>> [len(test) for train, test in deciban.folds(10, n_folds=3)]
    [4, 3, 3]
    """
    vectors = _core.Columns()
    for name, values in (("strata", strata), ("groups", groups), ("time", time)):
        if values is not None:
            _convert.add_column(vectors, name, values)
    arguments = {"n": n, "n_folds": n_folds, "scheme": scheme, "n_repeats": n_repeats, "seed": seed}
    by_repeat, sizes, notes, warnings = _core.make_folds(arguments, vectors, n_threads)
    raise_warnings(warnings, stacklevel=2)
    return Folds(np.stack(list(by_repeat.values())).astype(np.int32), as_table(sizes), notes)


def fold_vector(value: Any) -> Any:
    """The argument `folds` of encoders: numbers from 0, of the only repeat of `Folds`."""
    if not isinstance(value, Folds):
        return value
    if value.n_repeats != 1:
        raise InputError(
            f"`folds` has {value.n_repeats} repeats; an encoder takes one.",
            code="encoder.folds",
            hint="Make them with n_repeats=1.",
            context={"n_repeats": value.n_repeats},
        )
    return value.fold[0]
