# Robust covariances: sandwich (fixtures/covariance), properties, bad input.

triangle <- function(rows) {
  out <- matrix(NaN, length(rows), length(rows))
  for (i in seq_along(rows)) out[i, seq_len(i)] <- out[seq_len(i), i] <- as.numeric(unlist(rows[[i]]))
  out
}

test_that("cases are found", expect_gte(length(inference_cases()), 20L))

for (name in inference_cases()) {
  local({
    name <- name
    test_that(paste("covariances equal those of sandwich:", name), {
      skip_if_not_installed("jsonlite")
      case <- read_case(name)
      model <- fit_inference_case(case)
      expect_identical(names(coef(model)), as.character(case$names))
      for (expected in case$covariances) {
        wanted <- triangle(expected$lower_triangle)
        got <- suppressWarnings(vcov(model, vcov = expected$vcov), "deciban_warning")
        expect_close(got, wanted, sqrt(abs(outer(diag(wanted), diag(wanted)))), label = expected$vcov)
      }
      last <- utils::tail(case$covariances, 1)[[1]]$vcov
      afterwards <- suppressWarnings(with_vcov(model, last), "deciban_warning")
      expect_identical(fit_inference_case(case, vcov = last)$document, afterwards$document)
    })
  })
}

portfolio <- small_portfolio(2000, seed = 3)
portfolio$broker <- portfolio$policy_id %% 40
model <- fit_glm(claim_count ~ area + log(density), portfolio, "poisson", exposure = exposure)

test_that("all tables use it", {
  robust <- with_vcov(model, "HC1")
  expect_identical(robust$statistics$vcov, "HC1")
  errors <- sqrt(diag(vcov(model, vcov = "HC1")))
  expect_identical(coef_table(robust)$std_error, unname(errors))
  expect_identical(coef_table(model, vcov = "HC1"), coef_table(robust))
  expect_identical(confint(model, vcov = "HC1"), confint(robust))
  expect_identical(relativities(model, vcov = "HC1"), relativities(robust))
  expect_identical(summary(model, vcov = "HC1")$coefficients, summary(robust)$coefficients)
  expect_identical(summary(robust)$cov.scaled, vcov(robust))
  expect_match(summary(robust)$text, "Standard errors: HC1", fixed = TRUE)
  expect_identical(coef(robust), coef(model))
  expect_false(identical(vcov(robust), vcov(model)))
})

test_that("clusters may be texts, formulas, variables where the formula is written, or vectors", {
  wanted <- vcov(model, vcov = "~ broker")
  own <- portfolio$broker
  by_name <- portfolio$broker
  expect_identical(vcov(model, vcov = ~broker), wanted)
  expect_identical(vcov(model, vcov = ~own), wanted)
  expect_identical(vcov(model, vcov = list(g = as.character(own))), wanted)
  expect_identical(vcov(fit_glm(claim_count ~ area + log(density), portfolio, "poisson", exposure = exposure,
    vcov = HC1 ~ own)), vcov(model, vcov = HC1 ~ broker))
  X <- model.matrix(~ area + log(density), portfolio)
  plain <- fit_glm_xy(X, portfolio$claim_count, "poisson", exposure = portfolio$exposure, vcov = ~own)
  expect_equal(unname(vcov(plain)), unname(wanted), tolerance = 1e-10)
  expect_identical(vcov(plain, vcov = list(own = own)), vcov(plain))
})

test_that("the model file keeps it, and a loaded model takes the data again", {
  robust <- with_vcov(model, ~broker)
  again <- model_from_json(model_to_json(robust))
  expect_identical(again$statistics$vcov, "~ broker")
  expect_identical(vcov(again), vcov(robust))
  loaded <- model_from_json(model_to_json(model))
  expect_code(vcov(loaded, vcov = "HC1"), "model.no_data", "data")
  expect_identical(with_vcov(loaded, ~broker, data = portfolio)$document, robust$document)
  changed <- transform(portfolio, density = density + 1)
  expect_code(with_vcov(loaded, ~broker, data = changed), "model.data_changed", "data")
  expect_equal(vcov(with_vcov(robust, "model")), vcov(model), tolerance = 1e-10)
  expect_identical(with_vcov(model, "model"), model)
})

test_that("sandwich agrees by its own hand", {
  skip_if_not_installed("sandwich")
  ref <- reference(breaks ~ wool + tension, family = quasipoisson, data = warpbreaks)
  own <- fit_glm(breaks ~ wool + tension, warpbreaks, "quasipoisson")
  for (type in c("HC0", "HC1", "HC2", "HC3")) {
    expect_equal(vcov(own, vcov = type), sandwich::vcovHC(ref, type = type), tolerance = 1e-9, ignore_attr = TRUE)
  }
})

test_that("bad input is named", {
  for (vcov in list("hc1", 3, list(), list(1:3), c("HC0", "HC1"))) {
    expect_code(with_vcov(model, vcov), "vcov.unknown", "input")
    expect_code(fit_glm(claim_count ~ area, portfolio, "poisson", vcov = vcov), "vcov.unknown", "input")
  }
  for (vcov in list(~ log(density), ~ broker:area, HC3 ~ broker, y ~ 1)) {
    expect_code(with_vcov(model, vcov), "vcov.formula", "input")
  }
  expect_code(with_vcov(model, ~nobody), "data.unknown_column", "input", "nobody")
  expect_code(with_vcov(model, list(g = 1:3)), "data.length_mismatch", "input")
  holes <- replace(portfolio$broker, 3:4, NA)
  expect_code(with_vcov(model, list(g = holes)), "vcov.cluster_missing", "data", c("`g`", "2"))
  expect_code(with_vcov(model, list(g = rep(1, nrow(portfolio)))), "vcov.one_cluster", "data")
  expect_code(with_vcov(1, "HC0"), "input.argument_type", "input")
  expect_code(vcov(model, complete = TRUE), "input.unknown_argument", "input")
})
