"""Exception and warning classes: one root, and the builtin that fits each kind."""

from __future__ import annotations

import sys
import warnings
from typing import Any


class DecibanError(Exception):
    """Root of all errors that deciban raises.

    Attributes
    ----------
    code : str
        Stable dotted name of the error, such as ``"data.unseen_level"``. The wording of messages may change, codes do
        not.
    message : str
        What is wrong, with the column, the number of rows and the offending value.
    hint : str
        What to do about it; may be empty.
    context : dict
        The figures of the message by name: column, rows, value, position, ...
    """

    def __init__(self, message: str = "", *, code: str = "", hint: str = "", context: dict[str, Any] | None = None):
        super().__init__(f"{message}\n{hint}" if hint else message)
        self.message = message
        self.code = code
        self.hint = hint
        self.context: dict[str, Any] = {} if context is None else context


class InputError(DecibanError, ValueError):
    """An argument that does not fit: unknown family or column, wrong length, wrong type, out of range."""


class FormulaError(DecibanError, ValueError):
    """A formula that cannot be read.

    Attributes
    ----------
    position : int or None
        0-based offset of the offending character in the formula.
    """

    @property
    def position(self) -> int | None:
        return self.context.get("position")


class DataError(DecibanError, ValueError):
    """Data that cannot be used: a response outside the family's domain, an unseen level, mixed types."""


class NumericError(DecibanError, ArithmeticError):
    """A computation that has no finite answer."""


class ConvergenceError(DecibanError, RuntimeError):
    """A fit that did not converge, with ``strict=True``."""


class FormatError(DecibanError, ValueError):
    """A model file that cannot be read: truncated, foreign, or of a newer schema."""


class IoError(DecibanError, OSError):
    """A file that cannot be read or written; ``filename`` names it."""

    @property
    def filename(self) -> str | None:
        return self.context.get("path")


class Cancelled(DecibanError):
    """Work that was ended on request."""


def _not_fitted_bases() -> tuple[type, ...]:
    # scikit-learn's own class when scikit-learn is in use; importing it here would cost a second.
    sklearn = sys.modules.get("sklearn.exceptions")
    return (DecibanError, sklearn.NotFittedError) if sklearn else (DecibanError, ValueError, AttributeError)


NotFittedError = type(
    "NotFittedError",
    _not_fitted_bases(),
    {"__module__": __name__, "__doc__": "Something was used before it was fitted."},
)


class DecibanWarning(UserWarning):
    """Something that did not stop the work.

    Attributes
    ----------
    code : str
        Stable dotted name, such as ``"fit.aliased"``.
    context : dict
        The figures of the message by name.
    """

    def __init__(self, message: str = "", *, code: str = "", context: dict[str, Any] | None = None):
        super().__init__(message)
        self.code = code
        self.context: dict[str, Any] = {} if context is None else context


_CLASSES = {
    "InputError": InputError,
    "FormulaError": FormulaError,
    "DataError": DataError,
    "NumericError": NumericError,
    "ConvergenceError": ConvergenceError,
    "NotFittedError": NotFittedError,
    "FormatError": FormatError,
    "IoError": IoError,
    "Cancelled": Cancelled,
}


def make_error(name: str, code: str, message: str, hint: str, context: dict[str, Any]) -> DecibanError:
    """Called by the glue: the core's error as an exception."""
    return _CLASSES.get(name, DecibanError)(message, code=code, hint=hint, context=context)


def raise_warnings(found: list[dict[str, Any]], stacklevel: int) -> None:
    """Raise the core's warnings, pointing to the line that called the public function."""
    for one in found:
        if one["severity"] == "warning":
            warning = DecibanWarning(one["message"], code=one["code"], context=one["context"])
            warnings.warn(warning, stacklevel=stacklevel + 1)
