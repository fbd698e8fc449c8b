"""Generalised linear models for pricing and credit, with the same bits as in R.

`fit_glm` fits a model from a formula and a data frame, `fit_glm_xy` from a matrix; both return a `GLMResult`.
"""

from importlib.metadata import version as _version

from . import _core

__version__ = _version("deciban")
if __version__ != _core.__version__:
    raise ImportError(f"deciban is version {__version__} but its core is {_core.__version__}: install it again")

from ._bootstrap import Bootstrap
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
from ._influence import Influence
from ._matrix import ModelMatrix
from ._prediction import Prediction
from ._result_covariance import HypothesisTest
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
    aliased,
    coef_table,
    fit_glm,
    fit_glm_xy,
    linear_hypothesis,
    load_model,
    model_from_json,
    model_to_json,
    rating_table,
    relativities,
    save_model,
    term_tests,
    vif,
    with_vcov,
)
from .metrics import auc, csi, gains_table, gini, ks, psi
from .model_tests import (
    add1,
    anova,
    drop1,
    goodness_of_fit,
    link_test,
    overdispersion_test,
    profile,
    term_importance,
)
from .portfolio import portfolio_truth, simulate_portfolio
from .prediction import bootstrap, pit
from .scorecard import Scorecard
from .woe import WoeEncoder, WoePreprocessor

__all__ = [
    "Basis",
    "Binner",
    "Bootstrap",
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
    "HypothesisTest",
    "Influence",
    "InputError",
    "IoError",
    "ModelMatrix",
    "NotFittedError",
    "NumericError",
    "OrdinalEncoder",
    "Prediction",
    "Scorecard",
    "Table",
    "TargetEncoder",
    "WoeEncoder",
    "WoePreprocessor",
    "__version__",
    "actual_expected",
    "add1",
    "aliased",
    "anova",
    "apply_target_encoding",
    "auc",
    "basis",
    "bootstrap",
    "coef_table",
    "credibility",
    "cross_fit",
    "csi",
    "dataset",
    "design_info",
    "drop1",
    "explain_plan",
    "fit_glm",
    "fit_glm_xy",
    "folds",
    "gains_table",
    "gini",
    "goodness_of_fit",
    "ks",
    "linear_hypothesis",
    "link_test",
    "load_model",
    "model_from_json",
    "model_matrix",
    "model_to_json",
    "overdispersion_test",
    "pit",
    "portfolio_truth",
    "profile",
    "psi",
    "rating_table",
    "relativities",
    "save_model",
    "simulate_portfolio",
    "target_encode",
    "term_importance",
    "term_tests",
    "vif",
    "with_vcov",
]
