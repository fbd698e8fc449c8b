"""Buhlmann, Buhlmann-Straub and gamma-Poisson credibility."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from . import _convert, _core
from ._chunks import readable
from ._tables import as_table

if TYPE_CHECKING:
    from ._types import ColumnArgument, Data, Path

__all__ = ["Credibility", "credibility"]


class Credibility:
    """Credibility premiums of levels: what `credibility` made.

    Attributes
    ----------
    table : Table
        One row per level: ``level``, ``rows``, ``weight``, ``mean`` (individual), ``credibility`` (Z), ``premium``
        (Z mean + (1 - Z) collective), ``std_error`` of the premium
        (root of its mean squared error, that of the collective included).
    collective : float
        Premium of a level without data.
    within, between : float
        Expected variance within levels (per unit of weight) and variance between levels, at least 0.
    between_raw : float
        The unbiased estimate of the latter, which may be negative; NaN for gamma-Poisson without variance.
    prior_weight : float
        ``within / between``, infinite where levels are pooled: Z = weight / (weight + prior_weight).
    note : str
        Why levels are pooled; else empty.
    """

    def __init__(self, fitted: _core.Fitted):
        self._fitted = fitted
        table, notes, _ = fitted.query("table", {}, None, None, None)
        self.table = as_table(table)
        self.collective: float = notes["collective"]
        self.within: float = notes["within"]
        self.between: float = notes["between"]
        self.between_raw: float = notes["between_raw"]
        self.prior_weight: float = notes["prior_weight"]
        self.method: str = notes["method"]
        self.note: str = notes["note"]

    def to_json(self) -> str:
        """The text of the file, which R reads too."""
        return self._fitted.to_json()

    def save(self, path: Path) -> None:
        """Write a file that R and Python read (`load_model`)."""
        self._fitted.save(_convert.path_text(path))

    @classmethod
    def from_json(cls, text: str) -> Credibility:
        """The thing from the text of its file. Raises FormatError as `load_model`."""
        return cls(_core.fitted_from_json(text))

    def __reduce__(self) -> tuple[Any, ...]:
        return Credibility.from_json, (self.to_json(),)

    def __repr__(self) -> str:
        figures = f"collective {self.collective:.6g}, within {self.within:.6g}, between {self.between:.6g}"
        return f"Credibility ({self.method}): {figures}\n" + (f"{self.note}\n" if self.note else "") + repr(self.table)


def credibility(
    data: Data,
    level: ColumnArgument,
    y: ColumnArgument,
    weights: ColumnArgument = None,
    method: Literal["buhlmann_straub", "gamma_poisson"] = "buhlmann_straub",
    n_threads: int | None = None,
) -> Credibility:
    """Credibility premiums of levels, as R's ``actuar::cm``.

    Parameters
    ----------
    data : data frame
        One row per observation (level and period, say).
    level : str or array-like
        A column, or one value per row.
    y : str or array-like
        Observations: ratios such as loss over payroll. For "gamma_poisson" counts, whose ratio is y over weights.
    weights : str or array-like, optional
        Volume behind each ratio, at least 0; without it all are 1 (Buhlmann).
    method : {"buhlmann_straub", "gamma_poisson"}, default "buhlmann_straub"
        Unbiased estimators of Buhlmann and Straub, or maximum likelihood of Poisson counts with gamma distributed level
        means.
    n_threads : int, optional
        As in `fit_glm`.

    Returns
    -------
    Credibility

    Raises
    ------
    DataError
        ``credibility.missing``, ``credibility.weights``, ``credibility.counts``, ``data.empty``, ``encoder.no_weight``.
    InputError
        ``credibility.method``, ``data.unknown_column``, ``data.length_mismatch``.

    References
    ----------
    Buhlmann and Gisler (2005), A Course in Credibility Theory and its Applications, chapter 4.

    Examples
    --------
    >>> import deciban
    >>> data = {"state": ["a", "a", "b", "b"], "ratio": [1.0, 1.2, 2.0, 2.2], "volume": [10.0, 12.0, 5.0, 6.0]}
    >>> fit = deciban.credibility(data, "state", "ratio", "volume")
    >>> fit.table["premium"].round(4).tolist()
    [1.1165, 2.0942]
    """
    given = {"level": level, "y": y, "weights": weights}
    vectors = {name: value for name, value in given.items() if value is not None and not isinstance(value, str)}
    arguments = {name: True if name in vectors else value for name, value in given.items()} | {"method": method}
    wanted = _core.encoder_references(arguments, _convert.names_of(data))
    columns = _convert.columns_of(readable(data, wanted, n_threads), wanted)
    return Credibility(
        _core.fit_fitted("credibility", arguments, columns, _convert.columns_of_vectors(vectors), n_threads)
    )
