# What R users expect of a model: methods of stats as for a glm, and the hooks of other packages.

insurance <- MASS::Insurance
for (name in c("District", "Group", "Age")) insurance[[name]] <- factor(insurance[[name]], ordered = FALSE)

pairs_of_fits <- list(
  offset_in_formula = list(
    glm = reference(Claims ~ District + Age + Group + offset(log(Holders)), poisson(), insurance),
    own = fit_glm(Claims ~ District + Age + Group + offset(log(Holders)), insurance, "poisson")
  ),
  all_columns = list(
    glm = reference(Claims ~ ., poisson(), insurance),
    own = fit_glm(Claims ~ ., insurance, "poisson")
  ),
  offset = list(
    glm = reference(Claims ~ District * Age + Group, poisson(), insurance, offset = log(Holders)),
    own = fit_glm(Claims ~ District * Age + Group, insurance, "poisson", offset = log(Holders))
  ),
  weights = list(
    glm = reference(Claims / Holders ~ District + Age:log(Holders), quasipoisson(), insurance, weights = Holders),
    own = fit_glm(Claims / Holders ~ District + Age:log(Holders), insurance, "quasipoisson", weights = Holders)
  ),
  gamma = list(glm = reference(mpg ~ factor(cyl) * wt, Gamma("log"), mtcars),
    own = fit_glm(mpg ~ factor(cyl) * wt, mtcars, "gamma"))
)

for (name in names(pairs_of_fits)) {
  local({
    pair <- pairs_of_fits[[name]]
    test_that(paste("generics of stats give what they give for a glm:", name), {
      for (generic in list(coef, deviance, df.residual, nobs, AIC, BIC, sigma, extractAIC, vcov, family, formula,
        case.names, variable.names, weights, model.response <- function(x) stats::model.response(model.frame(x)),
        function(x) stats::model.offset(model.frame(x)), function(x) stats::model.weights(model.frame(x)),
        function(x) names(model.frame(x)), function(x) attr(terms(x), "term.labels"),
        function(x) as.vector(model.matrix(x)), function(x) dimnames(model.matrix(x)),
        function(x) lapply(dummy.coef(x), as.vector), function(x) lapply(dummy.coef(x), names))) {
        got <- generic(pair$own)
        wanted <- generic(pair$glm)
        if (inherits(wanted, "family")) {
          expect_identical(got[c("family", "link")], wanted[c("family", "link")])
        } else {
          expect_equal(got, wanted, tolerance = 1e-8, ignore_formula_env = TRUE)
        }
      }
      expect_equal(extractAIC(pair$own, k = 5), extractAIC(pair$glm, k = 5), tolerance = 1e-8)
      expect_equal(c(logLik(pair$own)), c(logLik(pair$glm)), tolerance = 1e-8)
    })
  })
}

test_that("update() refits", {
  smaller <- update(pairs_of_fits$all_columns$own, . ~ . - Age)
  expect_equal(coef(smaller), coef(update(pairs_of_fits$all_columns$glm, . ~ . - Age)), tolerance = 1e-8)
})

test_that("labels() and variable.names(full = TRUE)", {
  expect_identical(labels(pairs_of_fits$gamma$own), c("factor(cyl)", "wt", "factor(cyl):wt"))
  aliased <- suppressWarnings(fit_glm(mpg ~ wt + I(2 * wt), mtcars, "gamma"))
  expect_identical(variable.names(aliased), c("(Intercept)", "wt"))
  expect_length(variable.names(aliased, full = TRUE), 3)
})

test_that("model.frame() has splines, and the exposure as an offset", {
  model <- fit_glm(Claims ~ bs(Holders, df = 4) + District, insurance, "poisson", exposure = Holders)
  frame <- model.frame(model)
  expect_equal(stats::model.offset(frame), log(insurance$Holders))
  expect_equal(as.vector(frame[[2]]), as.vector(splines::bs(insurance$Holders, df = 4)))
  loaded <- model_from_json(model_to_json(model))
  expect_code(model.frame(loaded), "model.no_data", "data")
  expect_named(model.frame(loaded, data = insurance), names(frame)[1:3])
  expect_code(terms(model, 1), "input.unknown_argument", "input")
})

# broom ----------------------------------------------------------------------------------------------------------------

test_that("broom's verbs give what they give for a glm", {
  skip_if_not_installed("broom")
  for (pair in pairs_of_fits[c("offset_in_formula", "offset", "weights", "gamma")]) {
    expect_equal(as.data.frame(broom::tidy(pair$own)), as.data.frame(broom::tidy(pair$glm)), tolerance = 1e-7)
    expect_equal(unlist(broom::glance(pair$own)), unlist(broom::glance(pair$glm)), tolerance = 1e-8)
    got <- broom::augment(pair$own)
    wanted <- broom::augment(pair$glm)
    for (column in c(".fitted", ".resid", ".hat", ".sigma", ".cooksd", ".std.resid")) {
      expect_equal(got[[column]], unname(wanted[[column]]), tolerance = 1e-8, label = column)
    }
  }
  pair <- pairs_of_fits$gamma
  new <- mtcars[1:5, ]
  got <- broom::augment(pair$own, newdata = new, type.predict = "response", se_fit = TRUE)
  wanted <- broom::augment(pair$glm, newdata = new, type.predict = "response", se_fit = TRUE)
  expect_equal(got$.se.fit, unname(wanted$.se.fit), tolerance = 1e-8)
  limits <- broom::tidy(pair$own, conf.int = TRUE, conf.level = 0.9, exponentiate = TRUE)
  expect_equal(limits$conf.low, exp(unname(confint(pair$own, level = 0.9)[, 1])), tolerance = 1e-14)
  expect_equal(limits$estimate, exp(unname(coef(pair$own))), tolerance = 1e-14)
  expect_code(broom::tidy(pair$own, conf.level = 2), "input.level", "input")
  expect_code(broom::glance(pair$own, 1), "input.unknown_argument", "input")
})

# emmeans --------------------------------------------------------------------------------------------------------------

test_that("emmeans() gives what it gives for a glm", {
  skip_if_not_installed("emmeans")
  means <- function(model, ...) {
    as.data.frame(summary(suppressMessages(emmeans::emmeans(model, ..., type = "response"))))
  }
  pair <- pairs_of_fits$offset
  for (spec in list(~Age, ~ Age | District, ~Group)) {
    expect_equal(means(pair$own, spec, offset = 0), means(pair$glm, spec, offset = 0), tolerance = 1e-8,
      ignore_attr = TRUE)
  }
  own <- fit_glm(mpg ~ bs(wt, df = 4) * factor(am) + hp, mtcars, "gamma")
  theirs <- reference(mpg ~ splines::bs(wt, df = 4) * factor(am) + hp, Gamma("log"), mtcars)
  expect_equal(means(own, ~am), means(theirs, ~am), tolerance = 1e-8, ignore_attr = TRUE)
  cells <- data.frame(a = gl(3, 4, 12), b = gl(2, 2, 12), y = c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8))
  cells <- cells[!(cells$a == 3 & cells$b == 2), ]
  own <- suppressWarnings(fit_glm(y ~ a * b, cells, "poisson"))
  theirs <- reference(y ~ a * b, poisson(), cells)
  expect_equal(means(own, ~ a * b), means(theirs, ~ a * b), tolerance = 1e-8, ignore_attr = TRUE)
  expect_identical(sum(is.na(means(own, ~ a * b)$rate)), 1L)
})

# marginaleffects, which Debian has not: its documented extension points -----------------------------------

test_that("the hooks of marginaleffects do what it documents", {
  model <- pairs_of_fits$offset$own
  theirs <- pairs_of_fits$offset$glm
  expect_identical(get_coef.deciban_glm(model), coef(model))
  expect_equal(get_vcov.deciban_glm(model), vcov(theirs), tolerance = 1e-8)
  expect_identical(get_vcov.deciban_glm(model, "HC1"), vcov(with_vcov(model, "HC1")))
  expect_null(get_vcov.deciban_glm(model, FALSE))
  expect_equal(get_predict.deciban_glm(model, insurance)$estimate, unname(fitted(theirs)), tolerance = 1e-8)
  moved <- set_coef.deciban_glm(model, coef(model) * 1.01)
  expect_identical(coef(moved), coef(model) * 1.01)
  eta <- as.vector(model.matrix(theirs) %*% (coef(theirs) * 1.01)) + log(insurance$Holders)
  expect_equal(get_predict.deciban_glm(moved, insurance)$estimate, exp(eta), tolerance = 1e-8)
  one <- coef(model)["Age>35"] + 1
  expect_identical(coef(set_coef.deciban_glm(model, one))[names(one)], one)
  expect_code(set_coef.deciban_glm(model, coef(model) * NaN), "input.coefficients", "input")
  old <- options(marginaleffects_model_classes = "mine")
  name_class_to_marginaleffects()
  expect_identical(getOption("marginaleffects_model_classes"), c("mine", "deciban_glm"))
  options(old)
})

test_that("marginaleffects finds them", {
  skip_if_not_installed("marginaleffects")
  pair <- pairs_of_fits$gamma
  got <- getExportedValue("marginaleffects", "avg_slopes")(pair$own, variables = "wt")
  wanted <- getExportedValue("marginaleffects", "avg_slopes")(pair$glm, variables = "wt")
  expect_equal(got$estimate, wanted$estimate, tolerance = 1e-5)
})

# Figures --------------------------------------------------------------------------------------------------------------

test_that("figures are drawn", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  model <- pairs_of_fits$gamma$own
  expect_identical(expect_silent(plot(model, which = 1:5)), model)
  expect_code(plot(model, which = 7), "input.which", "input")
  expect_code(plot_term(model, "weight"), "rating_table.term", "input")
  for (term in c("factor(cyl)", "wt", "factor(cyl):wt")) {
    table <- rating_table(model, term, points = 101)
    drawing <- term_drawing(table, term, "relativity", NULL)
    expect_identical(drawing$rows$y, table$relativity)
    expect_silent(draw_with_base(drawing))
    if (requireNamespace("ggplot2", quietly = TRUE)) {
      figure <- plot_term(model, term)
      expect_s3_class(figure, "ggplot")
      layers <- ggplot2::ggplot_build(figure)$data
      drawn <- layers[[length(layers)]]$y
      expect_equal(sort(drawn), sort(table$relativity), tolerance = 1e-12)
    }
  }
})
