"""Formulas for tests/parity/run: name -> arguments of fit_glm. Every kind of term, coding and learned state once."""

SYNTHETIC = {
    "spline_by_factor": {
        "formula": "claims ~ bs(age, df = 5) * region + ns(log(density), 3)",
        "family": "poisson",
        "exposure": "exposure",
    },
    "spline_of_few_values": {
        "formula": "linear ~ bs(year, knots = c(2014, 2018), degree = 2):fuel + ns(age, df = 3) + ms(trials, df = 4)",
        "family": "gaussian",
    },
    "interactions": {
        "formula": "severity ~ (region + fuel + young)^2 + density:region - region:young",
        "family": "gamma",
    },
    "cells_alone": {"formula": "linear ~ 0 + region:fuel + age:young", "family": "gaussian"},
    "nested": {"formula": "linear ~ region / fuel + young %in% fuel - 1", "family": "gaussian", "weights": "w"},
    "polynomials": {
        "formula": "linear ~ poly(age, 3) * fuel + poly(density, 2, raw = TRUE) + poly(log(density), 2):young",
        "family": "gaussian",
    },
    "cut": {
        "formula": "claims ~ cut(age, breaks = c(17, 25, 40, 60, 120)) * young + cut(density, 4, right = FALSE):fuel",
        "family": "poisson",
        "offset": "log(exposure)",
    },
    "contrasts": {
        "formula": "linear ~ region * fuel + age",
        "family": "gaussian",
        "contrasts": {"region": "sum", "fuel": "helmert"},
    },
    "contrasts_inline": {
        "formula": 'severity ~ C(region, sum):age + C(fuel, ref = "petrol") * C(region, base = "largest")',
        "family": "gamma",
        "weights": "w",
    },
    "ordered": {
        "formula": "linear ~ grade * age + ordered(trials) + young:grade",
        "family": "gaussian",
        "unseen": "missing",
    },
    "missing_levels": {
        "formula": "claims ~ factor(region_na, na = TRUE) * fuel + factor(age_na > 40, na = TRUE) + age_na",
        "family": "poisson",
        "exposure": "exposure",
    },
    "encoders": {
        "formula": "claims ~ log(te(region / fuel, prior_weight = 'auto_ml', seed = 4)) + fe(region:young) + TE(fuel):age",
        "family": "poisson",
        "exposure": "exposure",
    },
    "encoders_by_group_and_time": {
        "formula": "claims_na ~ te(region_na, scheme = 'group', groups = year, n_folds = 3, prior_weight = 2)"
        " + te(fuel, scheme = 'time', time = year, n_folds = 3, missing = 'prior')",
        "family": "poisson",
        "na_action": "exclude",
        "weights": "w",
    },
    "encoded_quantiles": {
        "formula": "severity ~ te(region_na, statistic = 'quantile', quantile = 0.6, min_rows = 30) + te(fuel, 'loo', 1)",
        "family": "gamma",
        "weights": "w",
    },
    "excluded_rows": {
        "formula": "claims_na ~ ns(age_na, 3) * region_na",
        "family": "quasipoisson",
        "na_action": "exclude",
        "unseen": "missing",
    },
    "unseen_levels": {"formula": "linear ~ region * scale(age) + fuel", "family": "gaussian", "unseen": "reference"},
    "counts_of_two": {
        "formula": "cbind(claims, trials) ~ bs(age, df = 4) + fuel:young",
        "family": "binomial",
        "link": "probit",
    },
    "arithmetic": {
        "formula": "log(severity) ~ I(age^2 / 100 - 3 * age) + sqrt(abs(linear)) * fuel + (age > 30 & young) + "
        "pmin(pmax(density, 50), 500) + clip(exposure, 0.1, 0.9) + log1p(density) + exp(-age / 20) + offset(w / 10)",
        "family": "gaussian",
    },
    "centred": {
        "formula": "cost ~ scale(density) * center(age) + scale(w, scale = FALSE):region + log10(density)",
        "family": "tweedie",
        "var_power": 1.5,
    },
    "weights_of_evidence": {
        "formula": 'lapse ~ woe(region) + woe(region_na, min_share = 0.2) + woe(age) + woe(density, smoothing = "auto")',
        "family": "binomial",
        "weights": "w",
    },
    "robust": {
        "formula": "claims ~ region * log(density) + bs(age, df = 4)",
        "family": "quasipoisson",
        "exposure": "exposure",
        "weights": "w0",
        "vcov": "HC3",
    },
    "clustered": {
        "formula": "severity ~ age + young",
        "family": "gamma",
        "freq_weights": "freq",
        "vcov": "HC1 ~ fuel + region",
    },
    "all_columns": {"formula": "lapse ~ . - density", "family": "binomial", "link": "cloglog"},
}
# Questions to some of these fits.
QUERIES = [
    {"name": "influence", "arguments": {}},
    {"name": "dfbeta", "arguments": {"scaled": True}},
    {"name": "term_tests", "arguments": {"test": "F"}},
]
TESTS = [
    {"name": "anova", "arguments": {"test": "Rao"}},
    {"name": "drop1", "arguments": {"test": "Chisq"}},
    {"name": "term_importance", "arguments": {}},
    {"name": "profile_intervals", "arguments": {"level": 0.9}},
    {"name": "goodness_of_fit", "arguments": {}},
    {"name": "link_test", "arguments": {}},
]
PREDICTIONS = [
    {"name": "prediction", "arguments": {"training": True, "confidence": True, "prediction": True, "level": 0.9}},
    {"name": "column_means", "arguments": {}},
    {"name": "prediction_terms", "arguments": {"training": True}},
    {"name": "pit", "arguments": {"training": True, "seed": 3}},
    {"name": "simulate", "arguments": {"training": True, "nsim": 2, "seed": 3}},
]
ASKED = {
    "robust": [
        *QUERIES,
        *TESTS,
        {"name": "linear_hypothesis", "arguments": {"hypotheses": ["regioneast = 2 * regionwest"]}},
    ],
    "clustered": [
        *QUERIES,
        *PREDICTIONS,
        {"name": "quantile_residuals", "arguments": {"seed": 5}},
        {"name": "bootstrap", "arguments": {"n_boot": 50, "seed": 7}},
    ],
    "counts_of_two": [
        *QUERIES,
        *TESTS,
        *PREDICTIONS,
        {"name": "quantile_residuals", "arguments": {"seed": 5}},
        {"name": "bootstrap", "arguments": {"type": "weighted", "n_boot": 50, "seed": 7}},
    ],
    "excluded_rows": [*QUERIES, *TESTS],
}
ALL_COLUMNS = ["lapse", "region", "fuel", "young", "age", "density"]
GRADE = {"type": "ordered", "levels": ["south", "north", "west", "east"], "of": "region"}  # another name, another order

PORTFOLIO = {
    "portfolio_splines": {
        "formula": "claim_count ~ bs(driver_age, df = 6) * vehicle_gas + ns(log(density), 4) + area:vehicle_brand",
        "family": "poisson",
        "exposure": "exposure",
    },
    "portfolio_terms": {
        "formula": "severity ~ poly(driver_age, 3) + cut(vehicle_age, c(-1, 0, 5, 10, 200)) * vehicle_gas + "
        "C(area, sum) + I(bonus_malus^2 / 100):vehicle_gas + ordered(vehicle_power) + region:scale(density)",
        "family": "gamma",
        "weights": "claim_count",
        "unseen": "missing",
    },
}

# Encoders of columns: kind, arguments.
COUNTS = {"y": "claims", "exposure": "exposure", "unseen": "prior"}
ENCODERS = {
    "ordered_means": {
        "kind": "target_encoder",
        "arguments": {**COUNTS, "columns": ["region_na", "region:fuel", "year/region"], "prior_weight": "auto_ml", "seed": 3},
    },
    "fold_means": {
        "kind": "target_encoder",
        "arguments": {"columns": ["age_na", "young"], "y": "severity", "weights": "w", "scheme": "kfold", "n_folds": 7},
    },
    "means_of_others": {
        "kind": "target_encoder",
        "arguments": {**COUNTS, "columns": ["region_na/fuel"], "scheme": "loo", "missing": "prior", "min_rows": 40},
    },
    "group_means": {
        "kind": "target_encoder",
        "arguments": {**COUNTS, "columns": ["fuel"], "scheme": "group", "groups": "year", "n_folds": 3, "prior_weight": 2.5},
    },
    "time_means": {
        "kind": "target_encoder",
        "arguments": {**COUNTS, "columns": ["region_na"], "scheme": "time", "time": "year", "n_folds": 3},
    },
    "log_odds": {"kind": "target_encoder", "arguments": {"columns": ["region:young"], "y": "lapse", "statistic": "log_odds"}},
    "medians_in_order": {
        "kind": "target_encoder",
        "arguments": {"columns": ["region_na"], "y": "severity", "weights": "w", "statistic": "quantile", "seed": 8},
    },
    "quantiles_of_others": {
        "kind": "target_encoder",
        "arguments": {
            **{"columns": ["region/fuel"], "y": "severity", "weights": "w", "scheme": "loo"},
            **{"statistic": "quantile", "quantile": 0.8, "prior_weight": 3},
        },
    },
    "frequencies": {
        "kind": "frequency_encoder",
        "arguments": {"columns": ["region_na", "region:fuel"], "weights": "w0", "min_rows": 50, "unseen": "zero"},
    },
    "ordinals": {
        "kind": "ordinal_encoder",
        "arguments": {"columns": ["region_na", "fuel"], "order": "frequency", "missing": "level", "unseen": "nan"},
    },
}
# Folds by scheme, with the column that they go by.
FOLDS = {
    "kfold": {"n_folds": 7, "n_repeats": 2},
    "stratified": {"strata": "region", "n_folds": 4},
    "group": {"groups": "trials", "n_folds": 3},
    "time": {"time": "year", "n_folds": 3},
}
CROSS_FITS = {
    "cross_fit_of_encoders": {
        "formula": "claims ~ log(te(region:fuel, prior_weight = 'auto_ml')) + fe(region) + ns(age, df = 3)",
        "family": "poisson",
        "exposure": "exposure",
    },
}
CREDIBILITIES = {
    "buhlmann_straub": {"level": "region", "y": "severity", "weights": "w"},
    "gamma_poisson": {"level": "region_na", "y": "claims", "weights": "exposure", "method": "gamma_poisson"},
}

# Weights of evidence, binners and scorecards: kind, columns (features, y and vectors by the core's names), arguments, questions.
BINNER = {  # what Binner() and bin_numeric() hand over by themselves; C++ has to be told
    "method": "optimal",
    "min_bins": 1,
    "min_bin_events": 0,
    "min_bin_non_events": 0,
    "monotonic": "none",
    "min_rate_diff": 0,
    "max_p_value": 1,
    "max_prebins": 100,
    "closed": "right",
    "special": "separate",
    "missing": "separate",
    "smoothing": 1,
    "var_power": 0,
}
SCORECARD = {"base_score": 600, "base_odds": 50, "pdo": 20, "digits": 0, "wrong_sign": "warn", "min_iv": 0}
DEFAULTS = {"binner": BINNER, "scorecard": SCORECARD}


def of_rows(name, *outputs, **arguments):
    """A question about rows of the fit and new ones, for each output."""
    asked = [{"output": output, **arguments} for output in outputs] or [arguments]
    return [
        {"name": name, "as": f"{rows}_{name}_{i}", "rows": rows, "arguments": one}
        for rows in ("data", "new")
        for i, one in enumerate(asked)
    ]


def of_fit(name, **arguments):
    return {"name": name, "as": name, "arguments": arguments}


WOE_ROWS = [
    *of_rows("transform", "woe", "woe_se", "lower", "upper", "wald", "event_rate"),
    *of_rows("predict_proba"),
    *of_rows("predict_ci", alpha=0.1),
    *of_rows("explain", finite=True),
]
WOE_TABLES = [
    of_fit("mapping", feature="age_na"),
    of_fit("feature_stats"),
    of_fit("iv_analysis"),
    of_fit("diagnostics"),
    of_fit("text", summary=True),
]
FITTED = {
    "woe_of_a_binary_target": {
        "kind": "woe_encoder",
        "features": ["region", "region_na", "age_na", "density", "young"],
        "vectors": {"y": "lapse", "sample_weight": "w0"},
        "arguments": {"unseen": "neutral", "dependence": "pairwise", "smoothing": "auto"},
        "queries": [*WOE_ROWS, *WOE_TABLES],
    },
    "woe_of_classes": {
        "kind": "woe_encoder",
        "features": ["region_na", "age_na", "fuel"],
        "vectors": {"y": "region", "freq_weights": "freq"},
        "arguments": {"unseen": "other", "min_share": 0.3, "per_variable": {"age_na": [30, 50.5]}},
        "queries": [*WOE_ROWS, *WOE_TABLES],
    },
    "woe_of_shares": {
        "kind": "woe_encoder",
        "features": ["region", "age_na"],
        "vectors": {"y": "share", "sample_weight": "w"},
        "arguments": {"method": "score", "sign": "non_events", "binning": {"monotonic": "auto", "max_bins": 4}},
        "queries": [*WOE_ROWS, *WOE_TABLES],
    },
    "merged_levels": {
        "kind": "woe_preprocessor",
        "features": ["region_na", "fuel"],
        "vectors": {"freq_weights": "freq"},
        "arguments": {"top_p": 0.6, "unseen": "other"},
        "queries": [of_fit("summary")],
    },
    "bins": {
        "kind": "binner",
        "features": ["age_na", "density", "region", "year"],
        "vectors": {"y": "lapse", "weights": "w"},
        "arguments": {
            "monotonic": "peak",
            "max_p_value": 0.4,
            "missing": "nearest",
            "special_codes": {"odd": [2013, 2015]},
            "pairs": [["age_na", "density"]],
            "per_variable": {"density": {"splits": [60, 90.5, 300], "fixed": [False, True, False]}},
        },
        "queries": [
            *of_rows("transform", "bin", "rate", "woe"),
            of_fit("table", variable="density"),
            of_fit("summary"),
        ],
    },
    "bins_of_counts": {
        "kind": "binner",
        "features": ["age_na", "density", "region"],
        "vectors": {"y": "claims", "exposure": "exposure"},
        "arguments": {"max_bins": 4, "monotonic": "concave"},
        "queries": [*of_rows("transform", "bin", "rate"), of_fit("table", variable="age_na"), of_fit("summary")],
    },
    "bins_of_classes": {
        "kind": "binner",
        "features": ["age_na", "density"],
        "vectors": {"y": "region"},
        "arguments": {"method": "mdlp", "closed": "left"},
        "queries": [*of_rows("transform", "bin"), of_fit("table", variable="age_na"), of_fit("summary")],
    },
    "bins_of_amounts": {
        "kind": "binner",
        "features": ["age_na", "density"],
        "vectors": {"y": "duration", "weights": "w"},
        "arguments": {"method": "tree", "var_power": 2, "max_bins": 5},
        "queries": [*of_rows("transform", "bin", "rate"), of_fit("table", variable="density"), of_fit("summary")],
    },
    "bins_without_response": {
        "kind": "binner",
        "features": ["age_na", "density"],
        "vectors": {"weights": "w0"},
        "arguments": {"method": "kmeans", "max_bins": 4},
        "queries": [*of_rows("transform", "bin"), of_fit("table", variable="density")],
    },
    "points": {
        "kind": "scorecard",
        "features": ["age_na", "density", "region", "young"],
        "vectors": {"y": "lapse", "weights": "w"},
        "arguments": {"pdo": 40, "wrong_sign": "drop", "binning": {"max_bins": 4, "monotonic": "auto"}},
        "queries": [
            *of_rows("predict", "score", "probability", "points"),
            of_fit("points"),
            of_fit("coefficients"),
            *of_rows("stability"),
            of_fit("print"),
            *({"name": "sql", "as": f"sql_{one}", "arguments": {"dialect": one}} for one in ("duckdb", "sqlite")),
        ],
    },
}
