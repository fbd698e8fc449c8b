"""Calls of a formula that the core does not know: Python evaluates them, the core gets columns named by their text.

Only the formula that the caller hands to a function is ever evaluated, never text of a model file. What a call refers to
is looked up once, where the formula is written: columns of the data by name each time, all else is kept by reference.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, FrameType, ModuleType
from typing import Any

import numpy as np

from . import _convert, _core
from ._errors import FormulaError, InputError

_TOKEN = re.compile(r"""`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|#[^\n]*|[^\W\d][\w.]*|.""", re.DOTALL)
_NUMPY = ("np", "numpy", "math")  # prefixes that the canonical text leaves out
_CONSTANTS = {"TRUE": True, "FALSE": False}
_NOTHING = object()


@dataclass(frozen=True)
class Call:
    """A call as it stands in the caller's formula."""

    text: str  # canonical, the name of its column
    code: CodeType
    columns: dict[str, str]  # name in the code: column of the data
    objects: dict[str, Any]  # name in the code: what the caller means by it

    def evaluate(self, data: Any, rows: int | None) -> Any:
        names = dict(self.objects)
        for name, column in self.columns.items():
            names[name] = _column(data, column, self.text)
        return _one_value_per_row(eval(self.code, {"__builtins__": builtins}, names), self.text, rows)


def columns_of_formula(arguments: Mapping[str, Any], data: Any, frame: FrameType) -> tuple[_core.Columns, list[Call]]:
    """The columns of `data` that the arguments of a fit name, with those that Python computes.

    `frame` is where the formula is written. Calls that Python cannot make are left to the core, whose error names them.
    """
    wanted = _core.referenced_columns(arguments)
    texts = _core.opaque_terms(arguments)
    names = set(_convert.names_of(data)) if texts else set()
    wanted += [text for text in texts if text in names and text not in wanted]
    calls: dict[str, Call] = {}
    for source in _sources(arguments["formula"]) if texts else ():
        text = _canonical(source)
        if text in texts and text not in calls and text not in names:
            call = _compile(text, source, names, frame)
            if call is not None:
                calls[text] = call
    columns = _convert.columns_of(data, wanted)
    _add_calls(columns, calls.values(), data)
    return columns, list(calls.values())


def columns_of_rows(data: Any, wanted: Sequence[str], calls: Sequence[Call]) -> _core.Columns:
    """Rows of a frame for a model whose formula has `calls`; columns of their name in the data come before."""
    names = set(_convert.names_of(data)) if calls else set()
    needed = {call.text: call for call in calls if call.text in wanted and call.text not in names}
    columns = _convert.columns_of(data, [name for name in wanted if name not in needed])
    _add_calls(columns, needed.values(), data)
    return columns


def _add_calls(columns: _core.Columns, calls: Iterable[Call], data: Any) -> None:
    rows = columns.rows if columns.names else None
    for call in calls:
        _convert.add_column(columns, call.text, call.evaluate(data, rows))
        columns.mark_beside(call.text)


def _sources(formula: str) -> Iterator[str]:
    """The text of each call in the formula, from its name to its closing bracket."""
    tokens = [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(formula)]
    tokens = [token for token in tokens if not token[0].isspace() and not token[0].startswith("#")]
    for i in range(len(tokens) - 1):
        if tokens[i + 1][0] != "(" or not re.match(r"[^\W\d]|`", tokens[i][0]):
            continue
        depth = 0
        for text, _, end in tokens[i + 1 :]:
            depth += (text in "([{") - (text in ")]}")
            if depth == 0:
                yield formula[tokens[i][1] : end]
                break


def _canonical(source: str) -> str | None:
    try:
        found = _core.opaque_terms({"formula": "~" + source})
    except FormulaError:
        return None
    return found[0] if found else None


def _compile(text: str, source: str, columns: set[str], frame: FrameType) -> Call | None:
    python, quoted = _python_text(source, columns)
    try:
        tree = ast.parse(python, "<formula>", "eval")
    except SyntaxError:
        return None  # a function that only R has, such as f(x[-1, ])
    assert isinstance(tree.body, ast.Call)
    functions = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    prefixes = [node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    found: dict[str, str] = {}
    objects: dict[str, Any] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name):
            continue
        name, called = node.id, any(node is function for function in functions)
        prefix = any(node is one for one in prefixes) and isinstance(_meaning(name, frame), ModuleType)
        if name in quoted:
            found[name] = quoted[name]
        elif name in columns and not called and not prefix:
            node.id = f"_column_{name}_"  # a function of the same name keeps it
            found[node.id] = name
        elif (meaning := _meaning(name, frame)) is not _NOTHING:
            objects[name] = meaning
        elif node is _root(tree.body.func):
            return None
        else:
            raise _unknown_name(name, text, called, columns)
    return Call(text, compile(tree, "<formula>", "eval"), found, objects)


def _python_text(source: str, columns: set[str]) -> tuple[str, dict[str, str]]:
    """The call as Python writes it: ^ is a power, names in backticks or with dots get names that Python allows."""
    quoted: dict[str, str] = {}
    out = []
    for match in _TOKEN.finditer(source):
        token = match.group()
        if token == "^":
            token = "**"
        elif token[0] == "`" or ("." in token and token in columns):
            name = f"_column_{len(quoted)}_"
            quoted[name] = re.sub(r"\\(.)", r"\1", token[1:-1]) if token[0] == "`" else token
            token = name
        elif token[0] == "#":
            continue
        out.append(token)
    return "".join(out).replace("\n", " "), quoted


def _root(node: ast.AST) -> ast.AST:
    """`np` of np.linalg.norm."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def _meaning(name: str, frame: FrameType) -> Any:
    """What the caller means by a name."""
    for names in (frame.f_locals, frame.f_globals, vars(builtins), _CONSTANTS):
        if name in names:
            # Python's own module knows single numbers only; formulas mean columns by its names.
            return np if name == "math" and names[name] is sys.modules.get("math") else names[name]
    return np if name in _NUMPY else _NOTHING


def _unknown_name(name: str, text: str, called: bool, columns: set[str]) -> Exception:
    if called:
        return FormulaError(
            f"`{text}` calls `{name}()`, which is no function where the formula is written.",
            code="formula.unknown_function",
            hint="Define or import it there; NumPy's functions are written np.sin(x).",
            context={"function": name, "term": text},
        )
    return InputError(
        f"`{text}` needs `{name}`, which is neither a column of the data nor a variable where the formula is written.",
        code="data.unknown_column",
        hint=f"Columns are {', '.join(sorted(columns)[:10])}." if columns else "",
        context={"column": name, "term": text},
    )


def _column(data: Any, name: str, text: str) -> Any:
    """A column of the caller's data as NumPy or its own library has it."""
    names = {str(key): key for key in _convert.names_of(data)}
    if name not in names:
        raise InputError(
            f"There is no column `{name}` in the data, from which `{text}` is computed.",
            code="data.unknown_column",
            hint=f"Or add a column named `{text}` with its values.",
            context={"column": name, "term": text},
        )
    values = data[names[name]]
    if _convert.library_of(data) in ("pandas", "polars"):
        return values
    return np.asarray(values)


def _one_value_per_row(values: Any, text: str, rows: int | None) -> Any:
    shape: tuple[int, ...] = (len(values),) if isinstance(values, (list, tuple)) else getattr(values, "shape", ())
    if len(shape) != 1:
        raise InputError(
            f"`{text}` gives {'a single value' if len(shape) == 0 else f'{len(shape)} dimensions'}.",
            code="data.dimension",
            hint="A term of a formula has one value per row.",
            context={"column": text, "dimensions": len(shape)},
        )
    if rows is not None and shape[0] != rows:
        raise InputError(
            f"`{text}` gives {shape[0]} values for {rows} rows.",
            code="data.length_mismatch",
            hint="A term of a formula has one value per row.",
            context={"column": text, "length": shape[0], "rows": rows},
        )
    return values
