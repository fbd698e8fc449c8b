"""Rating tables and collinearity of a fitted model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ._query import Queries

if TYPE_CHECKING:
    from ._types import Frame


class TableResults(Queries):
    """Part of `GLMResult`."""

    def rating_table(
        self,
        term: str,
        level: float = 0.95,
        at: Any = None,
        base: Any = None,
        points: int = 25,
        scale: Literal["relativity", "link"] = "relativity",
        wide: bool = False,
    ) -> Frame:
        """What one term does to the mean: the page of the tariff that belongs to it.

        Levels of a factor, joint cells of an interaction, or points on a grid of a number or spline, each relative to
        the base, where the relativity is 1. The tables of all terms multiply: a prediction divided by the product of its
        relativities is one number, the premium at the bases.

        Parameters
        ----------
        term : str
            Label of a term, as `design_info` lists them; the variables of an interaction in any order; or the variable
            of a term, such as ``"age"`` for ``"bs(age, df = 4)"``.
        level : float, default 0.95
            Coverage of the intervals, between 0 and 1.
        at : array-like, or dict of them by variable, optional
            Values of a numeric variable; by default `points` of them over the range of the fit, and the base. A term
            without a basis needs the data of the fit for that.
        base : str or float, or dict of them by variable, optional
            Level or value with relativity 1. By default the base level of treatment contrasts (the first level of
            others), the middle inner knot of a spline, else the middle of the grid.
        points : int, default 25
            Values on the grid of a numeric variable, at least 2.
        scale : {"relativity", "link"}, default "relativity"
            ``"link"`` gives differences of the linear predictor, for any link.
        wide : bool, default False
            For a term of two variables: a row per value of the first, a column per value of the second one.

        Returns
        -------
        frame
            A column per variable (factors as categories), the first one varying fastest; ``rows``, ``exposure``,
            ``claims`` (observed total) and ``observed`` (mean per unit of exposure) where they are known: for factors,
            and for interactions of factors when the model has its data; ``relativity`` (``effect`` with ``scale="link"``), ``lower, upper`` (Wald) and
            ``base``. NaN where a coefficient is aliased. A variable that is called as one of these columns gets an
            underscore. With `wide` the relativities only.

        Raises
        ------
        InputError
            ``rating_table.term``, ``rating_table.at`` (unknown variable, no finite number, no range known),
            ``rating_table.base``, ``rating_table.cells`` (more than 1,000,000), ``rating_table.wide``,
            ``relativities.link`` unless the link is log, logit or cloglog, ``input.scale``, ``input.level``.
        DataError
            ``model.data_changed`` where the rows are needed.

        Notes
        -----
        exp((z - z0)' b) with the columns z of the term at a cell, z0 at the base and the coefficients b; the limits have
        the variance (z - z0)' V (z - z0) of the linear predictor's difference.

        Examples
        --------
        >>> import deciban
        >>> data = {"claims": [0, 1, 2, 1, 3], "area": ["A", "A", "B", "B", "B"]}
        >>> table = deciban.fit_glm("claims ~ area", data, "poisson").rating_table("area")
        >>> table["relativity"].round(6)
        array([1., 4.])
        """
        arguments = {
            "term": term,
            "level": level,
            "at": _plain(at),
            "base": _plain(base),
            "points": points,
            "scale": scale,
            "wide": wide,
        }
        return self._frame(self._query("rating_table", arguments, self._source, stacklevel=2).columns)

    def vif(self) -> Frame:
        """Generalised variance-inflation factors of the terms: how much of their variance is collinearity.

        Returns
        -------
        frame
            Columns ``term, df, gvif, gvif_scaled``; ``gvif_scaled`` is gvif^(1 / (2 df)), which compares terms with
            different numbers of columns (its square has the meaning of a VIF). Aliased columns are left out; NaN for a
            term that is aliased as a whole.

        Raises
        ------
        InputError
            ``covariance.too_large`` beyond 8,192 coefficients.

        Warns
        -----
        DecibanWarning
            ``vif.no_intercept``.

        Notes
        -----
        Fox and Monette, JASA 87 (1992); the figures of R's ``car::vif``.
        """
        return self._frame(self._query("vif", stacklevel=2).columns)

    def aliased(self) -> Frame:
        """Coefficients that cannot be estimated because their columns depend on earlier ones.

        Returns
        -------
        frame
            Columns ``coefficient, term, whole_term``; ``whole_term`` says that no coefficient of the term is estimated.
            No rows when nothing is aliased.
        """
        return self._frame(self._query("aliased", stacklevel=2).columns)


def _plain(value: Any) -> Any:
    """Values of any library as plain numbers and texts; what they mean is the core's to judge."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    return np.asarray(value).tolist()
