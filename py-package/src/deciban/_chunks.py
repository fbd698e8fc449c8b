"""Encoding data once, for many fits, and gathering data that come in chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from . import _convert, _core
from ._dataset import Dataset
from ._errors import InputError

if TYPE_CHECKING:
    from ._types import Data

__all__ = ["dataset"]

_JOINED_ROWS = 262_144  # of a block of a dataset


def dataset(
    data: Data,
    columns: Sequence[str] | None = None,
    spool: bool = False,
    n_threads: int | None = None,
) -> Dataset:
    """Encode data once, for many fits; or gather data that come in chunks.

    The coded rows are a copy, smaller than the data, with which fits, predictions and design matrices are the same bits
    as with the data themselves. Chunks are read once, one after the other; where they begin and end does not change the
    result.

    Parameters
    ----------
    data : data frame, or source of chunks
        Anything that `fit_glm` takes; or a callable without arguments that returns an iterable of data frames or record
        batches, or such an iterable itself (list, generator), or an object with ``to_batches`` or ``iter_batches`` (a
        dataset or Parquet file of pyarrow). `fit_glm` takes sources of chunks too and gathers what its formula needs.
    columns : sequence of str, optional
        Names of the columns to take; by default all of them.
    spool : bool, default False
        Keep the coded rows in a temporary file (in the folder ``TMPDIR``, without a name: it goes with the dataset) that
        is mapped into memory, instead of in memory itself. Not on Windows.
    n_threads : int, optional
        As in `fit_glm`.

    Returns
    -------
    Dataset

    Raises
    ------
    InputError
        ``data.chunk_columns`` (a chunk has other columns than the first), ``data.no_chunks``, ``data.unknown_column``,
        ``data.unsupported_type``.
    DataError
        ``data.unsupported_type`` (a column), ``data.bad_code``.
    IoError
        ``io.spool``.

    Notes
    -----
    Levels of a categorical column keep their declared order while all chunks declare the same one; else they are those
    that occur, sorted.

    Examples
    --------
    >>> import deciban
    >>> policies = deciban.simulate_portfolio(1000, seed=1)
    >>> coded = deciban.dataset(policies)
    >>> frequency = deciban.fit_glm("claim_count ~ area", coded, "poisson", exposure="exposure")
    >>> other = deciban.fit_glm("claim_count ~ area + vehicle_gas", coded, "poisson", exposure="exposure")
    >>> def chunks():
    ...     for start in range(0, 1000, 300):
    ...         yield {name: values[start : start + 300] for name, values in policies.items()}
    >>> again = deciban.fit_glm("claim_count ~ area", chunks, "poisson", exposure="exposure")
    >>> bool((again.params == frequency.params).all())
    True
    """
    wanted = None if columns is None else [str(name) for name in columns]
    return _gather(data if is_chunk_source(data) else [data], wanted, True, spool, n_threads)


def is_chunk_source(data: Any) -> bool:
    """Whether data come in chunks: not a frame, but something that gives frames."""
    if _convert.is_frame(data) or isinstance(data, (str, bytes)) or hasattr(data, "__array__"):
        return False
    return callable(data) or hasattr(data, "to_batches") or hasattr(data, "iter_batches") or isinstance(data, Iterable)


def readable(data: Any, wanted: Sequence[str], n_threads: int | None = None) -> Any:
    """`data` as they are, or if they come in chunks the columns `wanted` of them in coded form."""
    if not is_chunk_source(data):
        return data
    return _gather(data, None if "." in wanted else wanted, False, False, n_threads)


def _gather(source: Any, wanted: Sequence[str] | None, strict: bool, spool: bool, n_threads: int | None) -> Dataset:
    """A dataset of the columns `wanted` (None: all). Those that are not there are an error if `strict`, else the core's
    to miss."""
    builder = _core.DatasetBuilder(spool)
    names: list[str] | None = None
    library = "dict"
    number = 1
    for chunk, count in _joined(_chunks(source, wanted)):
        _require_frame(chunk, number)
        if names is None:
            library = _convert.library_of(chunk)
            names = _convert.names_of(chunk)
            if strict:
                _require_columns(wanted or [], names)
        present = _convert.names_of(chunk)
        chosen = present if wanted is None else [name for name in wanted if name in present]
        builder.append(_convert.columns_of(chunk, chosen), n_threads, count)
        number += count
    if names is None:
        raise InputError(
            "The source of data gave no chunk.",
            code="data.no_chunks",
            hint="A generator can be read once only; hand in a function that makes a new one.",
            context={"argument": "data"},
        )
    columns = builder.finish()
    return Dataset(columns, builder.nbytes, library, [name for name in names if name not in columns.names])


def _require_frame(chunk: Any, number: int) -> None:
    if _convert.is_frame(chunk):
        return
    kind = type(chunk).__name__
    raise InputError(
        f"Chunk {number} of the data is an object of type {kind}, not a data frame.",
        code="data.unsupported_type",
        hint="Chunks are data frames, record batches or dicts of arrays.",
        context={"argument": "data", "type": kind, "chunk": number},
    )


def _require_columns(wanted: Sequence[str], names: Sequence[str]) -> None:
    for name in wanted:
        if name not in names:
            raise InputError(
                f"There is no column `{name}` in the data.",
                code="data.unknown_column",
                hint=f"Columns are {', '.join(names[:10])}." if names else "",
                context={"column": name},
            )


def _joined(chunks: Iterable[Any]) -> Iterator[tuple[Any, int]]:
    """Chunks, and how many each of them is: small record batches are handed on together, without a copy."""
    batches: list[Any] = []
    rows = 0
    for chunk in chunks:
        same = _convert.is_record_batch(chunk) and (not batches or chunk.schema.equals(batches[0].schema))
        if batches and not (same and rows + chunk.num_rows <= _JOINED_ROWS):
            yield _convert.table_of_batches(batches), len(batches)
            batches, rows = [], 0
        if _convert.is_record_batch(chunk):
            batches.append(chunk)
            rows += chunk.num_rows
        else:
            yield chunk, 1
    if batches:
        yield _convert.table_of_batches(batches), len(batches)


def _chunks(source: Any, wanted: Sequence[str] | None) -> Iterator[Any]:
    for method in ("to_batches", "iter_batches"):  # pyarrow reads only the columns that are asked for
        if hasattr(source, method):
            names = (getattr(source, "schema_arrow", None) or source.schema).names
            columns = None if wanted is None else [name for name in wanted if name in names]
            yield from getattr(source, method)(columns=columns)
            return
    yield from source() if callable(source) else source
