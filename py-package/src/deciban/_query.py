"""The one way from a fitted model to the core's inference, diagnostics and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _convert, _opaque
from ._chunks import readable
from ._errors import raise_warnings
from ._source import Source
from ._tables import to_frame

if TYPE_CHECKING:
    from . import _core
    from ._types import Frame

__all__ = ["Answer", "Queries"]


class Answer(NamedTuple):
    """What the core says: columns of a table, notes, the rows of the data behind the table, another model."""

    columns: dict[str, Any]
    notes: dict[str, Any]
    rows: Any
    model: _core.Model | None


class Queries:
    """What all parts of `GLMResult` share."""

    _model: _core.Model
    _source: Source | None
    _calls: Sequence[_opaque.Call]
    _library: str
    _figures: dict[str, Any]

    def _query(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        source: Source | None = None,
        n_threads: int | None = None,
        more: Sequence[Queries] = (),
        stacklevel: int = 2,
        also: Sequence[str] = (),
    ) -> Answer:
        """Asks a question of the core's list (core/src/models/queries.cpp); `source` is None for those without rows,
        `also` names columns of the data that the model does not read."""
        data = vectors = None
        if source is not None:
            data, vectors = source.columns(self._model, also), _convert.columns_of_vectors(source.vectors)
        others = [other._model for other in more]
        columns, notes, warnings, rows, model = self._model.query(
            name, arguments or {}, data, vectors, others, n_threads
        )
        raise_warnings(warnings, stacklevel + 1)
        return Answer(columns, notes, rows, model)

    def _training_rows(self, what: str) -> Source:
        """The rows of the fit; DataError ``model.no_data`` says that `what` needs them."""
        if self._source is None:
            raise _convert.no_data(what)
        return self._source

    def _given_rows(
        self, what: str, data: Any = None, y: Any = None, also: Sequence[str] = (), **vectors: Any
    ) -> Source:
        """The rows of the fit, or those that the caller hands in again."""
        if data is None:
            return self._training_rows(what)
        if y is None:
            data = readable(data, [*self._model.required_columns(True), *also])
        # columns that the fit took by name are the model's own
        return Source(data, _convert.split_vectors(vectors)[1], y, self._calls)

    def _frame(self, columns: dict[str, Any]) -> Frame:
        return to_frame(columns, self._library)
