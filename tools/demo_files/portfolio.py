"""Reads a portfolio and writes its columns so that R and Python get the same doubles.

Columns go to raw files because R's text reader does not round every number of 17 digits to the nearest double:
<column number>.f64 holds little-endian doubles (NaN: missing), <column number>.i32 codes of a factor from 0 (-1: missing).
"""

import csv
import difflib
import gzip
import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet


class DemoError(Exception):
    """Something that the user of the demo can put right."""


class Portfolio:
    """Columns by name: NumPy doubles, NumPy integers, or a pair (codes, levels) for a factor."""

    def __init__(self, source, columns):
        self.source, self.columns = source, columns
        self.rows = len(next(iter(columns.values()), ()))

    def __getitem__(self, name):
        """The column, converted if it still is Arrow's."""
        value = self.columns[self.require(name)]
        if isinstance(value, (pa.ChunkedArray, pa.Array)):
            value = self.columns[name] = convert(name, value)
        return value

    def numbers(self, name):
        value = self[name]
        if isinstance(value, tuple):
            raise DemoError(f"column `{name}` holds text, such as {value[1][0]!r}, but numbers are needed")
        return value

    def require(self, name):
        if name in self.columns:
            return name
        close = difflib.get_close_matches(name, self.columns, 1, 0.6)
        meant = f" Did you mean `{close[0]}`?" if close else ""
        raise DemoError(f"{self.source} has no column `{name}`.{meant}\nIts columns are: {', '.join(self.columns)}")

    def add(self, name, values):
        """Adds a column made here, under a name that is free; returns the name."""
        while name in self.columns:
            name += "_"
        self.columns[name] = values
        return name

    def describe(self):
        """One line per column, for those who have to choose."""
        for name, value in self.columns.items():
            if isinstance(value, (pa.ChunkedArray, pa.Array)):
                kind = kind_of(value.type)
                levels = len(pc.unique(value)) if kind == "factor" else 0
            else:
                kind = "factor" if isinstance(value, tuple) else "number"
                levels = len(value[1]) if kind == "factor" else 0
            yield f"  {name} ({f'text, {levels} values' if kind == 'factor' else kind})"


def kind_of(kind):
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "factor"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    return "logical" if pa.types.is_boolean(kind) else str(kind)


def convert(name, column):
    kind = kind_of(column.type)
    if kind == "factor":
        return factor(column)
    if kind not in ("integer", "number", "logical"):
        raise DemoError(f"column `{name}` is of type {kind}; make it a number or text first")
    if kind == "integer" and column.null_count == 0:
        return column.to_numpy()
    return column.cast(pa.float64()).to_numpy()


def factor(column):
    """Codes and levels: a declared order is kept, other levels stand in the order of their bytes."""
    declared = pa.types.is_dictionary(column.type) and column.type.ordered
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0)
    codes = pc.fill_null(column.indices.cast(pa.int32()), -1).to_numpy().astype("<i4")
    levels = column.dictionary.to_pylist()
    if not declared:
        order = sorted(range(len(levels)), key=lambda i: levels[i].encode())
        place = np.empty(len(levels) + 1, "<i4")
        place[order], place[-1] = np.arange(len(levels)), -1  # the last entry serves code -1
        codes, levels = place[codes], [levels[i] for i in order]
    return codes, levels


def read(path):
    """A portfolio from a CSV or Parquet file."""
    try:
        table = pa.parquet.read_table(path) if is_parquet(path) else read_csv(path)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise DemoError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None
    if not table.num_rows:
        raise DemoError(f"{path} has no rows")
    meta = table.schema.pandas_metadata or {}
    categories = {column["name"] for column in meta.get("columns", ()) if column["pandas_type"] == "categorical"}
    columns = {}
    for name, column in zip(table.column_names, table.columns):
        if name in columns:
            raise DemoError(f"{path} has two columns named `{name}`")
        if name in categories and pa.types.is_dictionary(column.type):  # pandas' categories are a declared order
            column = column.cast(pa.dictionary(column.type.index_type, column.type.value_type, ordered=True))
        columns[name] = column
    return Portfolio(path.name, columns)


def is_parquet(path):
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def read_csv(path):
    gzipped = path.open("rb").read(2) == b"\x1f\x8b"
    with gzip.open(path, "rt", encoding="utf-8-sig") if gzipped else path.open(encoding="utf-8-sig") as lines:
        header = lines.readline()
    separator = max(",;\t", key=header.count)
    names = next(csv.reader([header], delimiter=separator))
    with pa.CompressedInputStream(str(path), "gzip") if gzipped else pa.OSFile(str(path)) as stream:
        table = pa.csv.read_csv(
            stream,
            parse_options=pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(strings_can_be_null=True),
        )
    return table.rename_columns(names)


def write(portfolio, names, folder, rows=None):
    """Writes the named columns (of the rows where `rows` is true) and meta.json."""
    folder.mkdir(parents=True)
    meta = {"rows": int(portfolio.rows if rows is None else rows.sum()), "columns": {}}
    for number, name in enumerate(names):
        value = portfolio[name]
        entry = {"file": f"{number}.f64", "type": "number"}
        if isinstance(value, tuple):
            entry = {"file": f"{number}.i32", "type": "factor", "levels": value[1]}
            out = value[0]
        else:
            if value.dtype.kind in "iu" and len(value) and -(2**31) < value.min() and value.max() < 2**31:
                entry["type"] = "integer"
            out = value.astype("<f8")
        (out if rows is None else out[rows]).tofile(folder / entry["file"])
        meta["columns"][name] = entry
    (folder / "meta.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")


def add_fremtpl2_amounts(portfolio, path):
    """The claims file that belongs to freMTPL2freq, joined by policy; returns names of amount and number of claims."""
    claims = read(path)
    policies, keys = np.asarray(portfolio["IDpol"]), np.asarray(claims["IDpol"])
    order = np.argsort(policies, kind="stable")
    place = order[np.minimum(np.searchsorted(policies[order], keys), len(policies) - 1)]
    known = policies[place] == keys
    amounts = np.asarray(claims["ClaimAmount"], float)[known]
    portfolio.source += f" joined with {path.name}"
    amount = portfolio.add("ClaimAmount", np.bincount(place[known], amounts, minlength=portfolio.rows))
    paid = portfolio.add("PaidClaims", np.bincount(place[known], minlength=portfolio.rows).astype(np.int64))
    return amount, paid
