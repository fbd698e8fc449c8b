"""The encoders behave as scikit-learn asks."""

import pytest

import deciban

pytest.importorskip("sklearn", minversion="1.6")
pytestmark = pytest.mark.filterwarnings("ignore::deciban.DecibanWarning")

from sklearn.utils.estimator_checks import parametrize_with_checks

# As scikit-learn's own TargetEncoder: training values leave the own target out, so they are not those of transform().
NOT_THE_SAME = "fit_transform() is not fit().transform(): training values do not know their own target"
CROSS_FITTED = {"check_transformer_general": NOT_THE_SAME, "check_transformer_data_not_an_array": NOT_THE_SAME}
# A weight is the volume behind one observation, whose variance is within / weight; two rows say more about the variance
# within a level than one of weight 2.
VOLUME = {"check_sample_weight_equivalence_on_dense_data": "weights are volumes to credibility, not repetitions"}

ENCODERS = [
    deciban.TargetEncoder(),
    deciban.TargetEncoder(prior_weight=1.0),
    deciban.TargetEncoder("kfold", 1.0),
    deciban.TargetEncoder("loo", prior_weight=0.5, n_folds=2),
    deciban.TargetEncoder("full", prior_weight=1.0),
    deciban.FrequencyEncoder(),
    deciban.FrequencyEncoder(normalize=False),
    deciban.OrdinalEncoder(),
    deciban.OrdinalEncoder(order="frequency"),
]


def expected_failures(encoder):
    if not isinstance(encoder, deciban.TargetEncoder):
        return {}
    failures = {} if encoder.scheme == "full" else dict(CROSS_FITTED)
    return failures if isinstance(encoder.prior_weight, float) else failures | VOLUME


@parametrize_with_checks(ENCODERS, expected_failed_checks=expected_failures)
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)
