"""Generalised linear models for pricing and credit, with the same bits as in R.

`fit_glm` fits a model from a formula and a data frame, `fit_glm_xy` from a matrix; both return a `GLMResult`.
"""

from importlib.metadata import version as _version

from . import _core

__version__ = _version("deciban")
if __version__ != _core.__version__:
    raise ImportError(f"deciban is version {__version__} but its core is {_core.__version__}: install it again")

from ._chunks import dataset
from ._dataset import Dataset
from ._errors import (
    Cancelled,
    ConvergenceError,
    DataError,
    DecibanError,
    DecibanWarning,
    FormatError,
    FormulaError,
    InputError,
    IoError,
    NotFittedError,
    NumericError,
)
from ._matrix import ModelMatrix
from ._tables import Table
from .binning import Binner
from .credibility import Credibility, credibility
from .cross_fit import CrossFit, cross_fit
from .design import Basis, basis, design_info, explain_plan, model_matrix
from .encoders import FrequencyEncoder, OrdinalEncoder, TargetEncoder, apply_target_encoding, target_encode
from .folds import Folds, folds
from .glm import (
    GLMResult,
    actual_expected,
    coef_table,
    fit_glm,
    fit_glm_xy,
    load_model,
    model_from_json,
    model_to_json,
    relativities,
    save_model,
)
from .metrics import auc, csi, gains_table, gini, ks, psi
from .portfolio import portfolio_truth, simulate_portfolio
from .scorecard import Scorecard
from .woe import WoeEncoder, WoePreprocessor

__all__ = [
    "Basis",
    "Binner",
    "Cancelled",
    "ConvergenceError",
    "Credibility",
    "CrossFit",
    "DataError",
    "Dataset",
    "DecibanError",
    "DecibanWarning",
    "Folds",
    "FormatError",
    "FormulaError",
    "FrequencyEncoder",
    "GLMResult",
    "InputError",
    "IoError",
    "ModelMatrix",
    "NotFittedError",
    "NumericError",
    "OrdinalEncoder",
    "Scorecard",
    "Table",
    "TargetEncoder",
    "WoeEncoder",
    "WoePreprocessor",
    "__version__",
    "actual_expected",
    "apply_target_encoding",
    "auc",
    "basis",
    "coef_table",
    "credibility",
    "cross_fit",
    "csi",
    "dataset",
    "design_info",
    "explain_plan",
    "fit_glm",
    "fit_glm_xy",
    "folds",
    "gains_table",
    "gini",
    "ks",
    "load_model",
    "model_from_json",
    "model_matrix",
    "model_to_json",
    "portfolio_truth",
    "psi",
    "relativities",
    "save_model",
    "simulate_portfolio",
    "target_encode",
]
