# Predictions with uncertainty: against R (fixtures/prediction), in R's forms, and by error code.

prediction_cases <- function() {
  folder <- file.path(fixture_folder(), "prediction")
  sub("[.]json$", "", list.files(folder, "[.]json$"))
}

fixture_folder <- function() {
  given <- Sys.getenv("DECIBAN_FIXTURES", "")
  if (nzchar(given)) given else test_path("fixtures")
}

read_fixture <- function(...) {
  jsonlite::fromJSON(file.path(fixture_folder(), ...), simplifyDataFrame = FALSE, simplifyMatrix = FALSE)
}

# The small tables of fixtures/data.
fixture_table <- function(data) {
  texts <- utils::read.csv(file.path(fixture_folder(), data$file), colClasses = "character", na.strings = "")
  columns <- Map(function(name, spec) {
    switch(spec$type, number = as.numeric(texts[[name]]), integer = as.integer(texts[[name]]),
      logical = as.logical(texts[[name]]), string = texts[[name]],
      factor = factor(texts[[name]], levels = as.character(spec$levels)))
  }, names(data$columns), data$columns)
  as.data.frame(columns)
}

expect_close <- function(got, wanted, relative = 1e-8, label = NULL) {
  got <- unname(as.numeric(got))
  wanted <- as.numeric(unlist(wanted))
  scale <- pmax(abs(wanted), 1e-3 * max(abs(wanted[is.finite(wanted)]), 0))
  expect_true(all(got == wanted | abs(got - wanted) <= relative * scale), label = label)
}

test_that("standard errors, intervals and terms are R's", {
  skip_if_not_installed("jsonlite")
  expect_gte(length(prediction_cases()), 25)
  for (name in prediction_cases()) {
    case <- read_fixture("prediction", paste0(name, ".json"))
    fit <- read_fixture("glm", paste0(case$case, ".json"))
    data <- fixture_table(fit$data)
    model <- suppressWarnings(do.call(fit_glm, c(list(data = data), fit$arguments)))
    new <- data[case$rows, , drop = FALSE]
    expected <- case$expected
    link <- predict(model, new, type = "link", se.fit = TRUE)
    response <- predict(model, new, se.fit = TRUE)
    expect_close(link$fit, expected$link, label = paste(name, "link"))
    expect_close(link$se.fit, expected$link_se, label = paste(name, "link_se"))
    expect_close(response$fit, expected$response, label = paste(name, "response"))
    expect_close(response$se.fit, expected$response_se, label = paste(name, "response_se"))
    limits <- predict(model, new, interval = "confidence", level = case$level)
    expect_identical(colnames(limits), c("fit", "lwr", "upr"))
    expect_close(limits[, "lwr"], expected$lower, label = paste(name, "lower"))
    expect_close(limits[, "upr"], expected$upper, label = paste(name, "upper"))
    terms <- predict(model, new, type = "terms", se.fit = TRUE)
    for (label in names(expected$terms)) {
      expect_close(terms$fit[, label], expected$terms[[label]], label = paste(name, label))
      expect_close(terms$se.fit[, label], expected$terms_se[[label]], label = paste(name, label, "se"))
    }
    expect_close(attr(terms$fit, "constant"), expected$constant, label = paste(name, "constant"))
    if (!is.null(expected$prediction_lower)) {
      # quadrature on both sides: nine digits where much is known, four with seven degrees of freedom
      relative <- if (model$df.residual > 30) 1e-7 else 1e-3
      limits <- predict(model, new, interval = "prediction", level = case$level)
      expect_close(limits[, "lwr"], expected$prediction_lower, relative, paste(name, "prediction lower"))
      expect_close(limits[, "upr"], expected$prediction_upper, relative, paste(name, "prediction upper"))
    }
  }
})

test_that("predictions have the forms of predict.glm and predict.lm", {
  model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
  peer <- reference(breaks ~ wool + tension, poisson, warpbreaks)
  new <- warpbreaks[c(1, 30, 54), ]
  for (type in c("link", "response")) {
    own <- predict(model, new, type = type, se.fit = TRUE)
    wanted <- predict(peer, new, type = type, se.fit = TRUE)
    expect_equal(own[c("fit", "se.fit", "residual.scale")], wanted, tolerance = 1e-8)
  }
  own <- predict(model, type = "terms", se.fit = TRUE)
  wanted <- predict(peer, type = "terms", se.fit = TRUE)
  expect_equal(own$fit, wanted$fit, tolerance = 1e-8)
  expect_equal(own$se.fit, wanted$se.fit, tolerance = 1e-8)
  expect_equal(predict(model, new, type = "terms", terms = "wool"), predict(peer, new, type = "terms", terms = "wool"),
    tolerance = 1e-8)
  line <- fit_glm(breaks ~ wool + tension, warpbreaks, "gaussian")
  lm_line <- stats::lm(breaks ~ wool + tension, warpbreaks)
  for (interval in c("confidence", "prediction")) {
    expect_equal(predict(line, new, interval = interval), suppressWarnings(predict(lm_line, new, interval = interval)),
      tolerance = 1e-9)
  }
  both <- predict(line, new, interval = "prediction", se.fit = TRUE)
  wanted <- suppressWarnings(predict(lm_line, new, interval = "prediction", se.fit = TRUE))
  expect_equal(both[c("fit", "se.fit", "df", "residual.scale")], wanted, tolerance = 1e-9)
})

test_that("standard errors come from a robust covariance where the model has one", {
  model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson", vcov = "HC1")
  x <- model.matrix(model, warpbreaks[1:3, ])
  expect_equal(unname(predict(model, warpbreaks[1:3, ], type = "link", se.fit = TRUE)$se.fit),
    unname(sqrt(diag(x %*% vcov(model) %*% t(x)))), tolerance = 1e-10)
})

test_that("wrong calls have codes", {
  model <- fit_glm(breaks ~ wool, warpbreaks, "quasipoisson")
  expect_code(predict(model, warpbreaks, interval = "prediction"), "predict.no_law", "input")
  expect_code(simulate(model), "predict.no_law", "input")
  expect_code(pit(model), "predict.no_law", "input")
  expect_code(bootstrap(model), "predict.no_law", "input")
  expect_code(predict(model, warpbreaks, interval = "tolerance"), "input.interval", "input")
  expect_code(predict(model, type = "terms", interval = "confidence"), "input.interval", "input")
  expect_code(predict(model, type = "terms", terms = "cotton"), "input.terms", "input")
  expect_code(predict(model, se.fit = NA), "input.argument", "input")
  expect_code(predict(model, interval = "confidence", level = 2), "input.level", "input")
  weighted <- fit_glm(breaks ~ wool, warpbreaks, "gamma", weights = rep(2, 54))
  expect_code(predict(weighted, warpbreaks, interval = "prediction"), "predict.weights_missing", "input")
  expect_identical(dim(predict(weighted, warpbreaks, interval = "prediction", weights = 3)), c(54L, 3L))
  expect_identical(dim(predict(weighted, interval = "prediction")), c(54L, 3L))
  loaded <- model_from_json(model_to_json(weighted))
  expect_code(simulate(loaded), "model.no_data", "data")
  expect_code(predict(loaded, warpbreaks, type = "terms"), "model.no_data", "data")
})

test_that("a term that R evaluates is a term like others, but not for a model from a file", {
  data <- warpbreaks
  data$size <- seq_len(54)
  odd <- function(x) x %% 7
  model <- fit_glm(breaks ~ odd(size) + wool, data, "poisson")
  terms <- predict(model, data[1:3, ], type = "terms")
  expect_identical(colnames(terms), c("odd(size)", "wool"))
  expect_identical(dim(predict(model, data[1:3, ], interval = "prediction")), c(3L, 3L))
  loaded <- model_from_json(model_to_json(model))
  expect_code(predict(loaded, data[1:3, ], interval = "confidence"), "predict.opaque_missing", "input")
})

test_that("simulations have the form of stats::simulate and follow the seed", {
  model <- fit_glm(breaks ~ wool + tension, warpbreaks, "gamma")
  drawn <- simulate(model, 2, seed = 3)
  expect_identical(names(drawn), c("sim_1", "sim_2"))
  expect_identical(row.names(drawn), row.names(warpbreaks))
  expect_identical(attr(drawn, "seed"), 3)
  expect_identical(drawn, simulate(model, 2, seed = 3))
  expect_false(identical(drawn$sim_1, simulate(model, 1, seed = 4)$sim_1))
  expect_identical(simulate(model, newdata = warpbreaks[1:5, ], seed = 3)$sim_1, drawn$sim_1[1:5])
  set.seed(1)
  before <- .Random.seed
  simulate(model)
  expect_identical(before, .Random.seed)
})

test_that("bootstrap intervals come from the replicates", {
  model <- fit_glm(breaks ~ wool + tension, warpbreaks, "negative_binomial")
  found <- bootstrap(model, 199, interval = "percentile", seed = 1, level = 0.9)
  expect_identical(dim(found$replicates), c(199L, 4L))
  limits <- apply(found$replicates, 2, stats::quantile, c(0.05, 0.95), type = 6, names = FALSE)
  expect_equal(found$intervals$lower, unname(limits[1, ]), tolerance = 1e-12)
  expect_equal(found$intervals$upper, unname(limits[2, ]), tolerance = 1e-12)
  expect_equal(found$intervals$std_error, unname(apply(found$replicates, 2, stats::sd)), tolerance = 1e-12)
  expect_identical(bootstrap(model, 199, seed = 1, n_threads = 2)$replicates, found$replicates)
  # BCa by its formula; acceleration from the third cumulants of the family
  bca <- bootstrap(model, 199, seed = 1, level = 0.9)
  x <- model.matrix(model, warpbreaks)
  mu <- fitted(model)
  v <- mu + mu^2 / model$theta
  a <- mu^2 / v
  inverse <- solve(crossprod(x * sqrt(a)))
  d <- x %*% inverse
  acceleration <- colSums(a * (1 + 2 * mu / model$theta) * mu / v * d^3) / (6 * diag(inverse)^1.5)
  for (j in 1:4) {
    z0 <- stats::qnorm(mean(found$replicates[, j] < coef(model)[j]))
    p <- stats::pnorm(z0 + (z0 + stats::qnorm(c(0.05, 0.95))) / (1 - acceleration[j] * (z0 + stats::qnorm(c(0.05, 0.95)))))
    wanted <- stats::quantile(found$replicates[, j], p, type = 6, names = FALSE)
    expect_equal(c(bca$intervals$lower[j], bca$intervals$upper[j]), wanted, tolerance = 1e-9)
  }
  limits <- confint(model, "tensionH", level = 0.9, method = "bootstrap", n_boot = 199, seed = 1)
  expect_equal(unname(limits[1, ]), c(bca$intervals$lower[4], bca$intervals$upper[4]))
  expect_output(print(found), "parametric bootstrap of 199 replicates")
  expect_identical(warning_codes(bootstrap(model, 20))[1], "bootstrap.few_replicates")
})
