# Walks fixtures/encoders, as test_target_encoder.py does.
fixtures <- Sys.getenv("DECIBAN_FIXTURES", "")
if (!nzchar(fixtures)) fixtures <- test_path("fixtures")

policies <- local({
  n <- 600
  i <- seq_len(n)
  model <- (i * 7919) %% 40
  data.frame(make = sprintf("make%d", model %% 7), model = factor(sprintf("model%02d", model)),
    year = 2015 + (i * 31) %% 9, years = 0.2 + ((i * 17) %% 100) / 100, claims = ((i * 13) %% (5 + model %% 7)) %/% 4)
})

encoded <- function(data, scheme, prior_weight = "auto", ...) {
  switch(scheme,
    group = target_encoder(data, c("model", "make/model"), claims, exposure = years, groups = year, scheme = "group",
      prior_weight = prior_weight, ...),
    time = target_encoder(data, c("model", "make/model"), claims, exposure = years, time = year, scheme = "time",
      prior_weight = prior_weight, ...),
    target_encoder(data, c("model", "make/model"), claims, exposure = years, scheme = scheme,
      prior_weight = prior_weight, ...))
}

test_that("all columns are encoded when none are named", {
  features <- policies[c("make", "model")]
  named <- target_encoder(features, c("make", "model"), policies$claims)
  expect_identical(fitted(target_encoder(features, policies$claims)), fitted(named))
  expect_identical(target_encode(features, policies$claims)$encoded, fitted(named))
  expect_identical(predict(frequency_encoder(features), features),
    predict(frequency_encoder(features, c("make", "model")), features))
  expect_identical(predict(ordinal_encoder(features), features),
    predict(ordinal_encoder(features, c("make", "model")), features))
  expect_error(target_encoder(features), class = "deciban_error_input")
})

test_that("no row sees its own target", {
  for (scheme in c("ordered", "kfold", "group", "time", "loo")) {
    for (weight in list(2, "auto", "auto_ml")) {
      before <- fitted(encoded(policies, scheme, weight))
      others <- FALSE
      for (row in c(1, 121, 333, 550)) {
        changed <- policies
        changed$claims[row] <- changed$claims[row] + 4
        after <- fitted(encoded(changed, scheme, weight))
        expect_identical(before[row, ], after[row, ])
        others <- others || !identical(before, after)
      }
      expect_true(others)
    }
  }
})

test_that("threads do not matter", {
  one <- encoded(policies, "ordered", n_threads = 1)
  expect_identical(fitted(one), fitted(encoded(policies, "ordered", n_threads = 2)))
})

test_that("kfold is the formula", {
  shares <- folds(600, n_folds = 4, seed = 2)
  got <- fitted(target_encoder(policies, "model", claims, folds = shares, scheme = "kfold", prior_weight = 3))$model
  expected <- vapply(1:600, function(i) {
    others <- shares$fold[, 1] != shares$fold[i, 1]
    own <- others & policies$model == policies$model[i]
    (sum(policies$claims[own]) + 3 * mean(policies$claims[others])) / (sum(own) + 3)
  }, 0)
  expect_equal(got, expected, tolerance = 1e-13)
})

test_that("encodings are those of scikit-learn and category_encoders", {
  paths <- list.files(file.path(fixtures, "encoders"), full.names = TRUE)
  expect_gt(length(paths), 4)
  for (path in paths) {
    case <- jsonlite::fromJSON(path)
    data <- as.data.frame(case$columns)
    arguments <- case$arguments
    if (!is.null(arguments$folds)) arguments$folds <- data$fold + 1
    encoder <- do.call(target_encoder, c(list(data), arguments))
    found <- list(training = fitted(encoder)$x, full = predict(encoder, data)$x)
    for (what in names(case$expected)) {
      expect_equal(found[[what]], case$expected[[what]], tolerance = 1e-12, label = paste(case$name, what))
    }
  }
})

test_that("prediction uses all rows", {
  encoder <- target_encoder(policies, "make", claims, exposure = years, prior_weight = 5)
  rate <- sum(policies$claims) / sum(policies$years)
  own <- policies$make == "make3"
  expected <- (sum(policies$claims[own]) + 5 * rate) / (sum(policies$years[own]) + 5)
  expect_equal(predict(encoder, data.frame(make = c("make3", "new")))$make, c(expected, rate), tolerance = 1e-13)
  expect_identical(apply_target_encoding(encoder, policies), predict(encoder, policies))
  both <- target_encode(policies, "make", claims, exposure = years, prior_weight = 5)
  expect_identical(both$encoded, fitted(encoder))
  expect_identical(predict(both$encoder, policies), predict(encoder, policies))
})

test_that("a hierarchy shrinks to its parent", {
  encoder <- target_encoder(policies, "model", claims, prior_weight = 4, hierarchy = c(model = "make"))
  makes <- target_encoder(policies, "make", claims, prior_weight = 4)
  expect_identical(predict(encoder, data.frame(make = "make2", model = "new"))$model,
    predict(makes, data.frame(make = "make2"))$make)
  expect_identical(encoder_table(encoder, "terms")$term, c("make", "model"))
  expect_output(print(encoder), "Target encoder of model")
  expect_identical(encoder$options$hierarchy, list(model = "make"))
  expect_identical(model_from_json(model_to_json(encoder))$options, encoder$options)
})

test_that("files", {
  path <- tempfile(fileext = ".json")
  encoders <- list(encoded(policies, "ordered", "auto_ml"), frequency_encoder(policies, c("make", "make:model")),
    ordinal_encoder(policies, "model", order = "frequency"))
  for (encoder in encoders) {
    save_model(encoder, path)
    again <- load_model(path)
    expect_identical(predict(again, policies), predict(encoder, policies))
    expect_identical(model_to_json(again), model_to_json(encoder))
    expect_identical(class(again), class(encoder))
    expect_identical(predict(unserialize(serialize(encoder, NULL)), policies), predict(encoder, policies))
  }
  expect_code(fitted(load_model(path)), "model.no_data", "data")
})

test_that("frequencies and ordinals", {
  data <- data.frame(x = c("b", "a", "b", NA), w = 1:4)
  share <- frequency_encoder(data, "x")
  expect_identical(predict(share, data)$x, c(0.5, 0.25, 0.5, 0.25))
  expect_identical(predict(frequency_encoder(data, "x", weights = w), data)$x, c(0.4, 0.2, 0.4, 0.4))
  expect_identical(predict(share, data.frame(x = "new"))$x, 0)
  expect_identical(predict(ordinal_encoder(data, "x", missing = "level"), data)$x, c(2, 1, 2, 3))
  given <- ordinal_encoder(data, "x", levels = list(x = c("b", "c", "a")))
  expect_identical(predict(given, data.frame(x = c("a", "b", "c")))$x, c(3, 1, 2))
  expect_code(ordinal_encoder(data, "x", levels = list(x = "b")), "encoder.unseen_level", "data")
})

test_that("bad input", {
  expect_code(target_encoder(policies, "make", claims, exposure = -years), "encoder.exposure", "data")
  expect_code(target_encoder(policies, "make", claims, weights = -years), "encoder.weights", "data")
  gap <- transform(policies, claims = replace(claims, 3, NA))
  expect_code(target_encoder(gap, "make", claims), "encoder.target_missing", "data", "1 row")
  expect_code(target_encoder(policies, "make", claims, scheme = "x"), "encoder.scheme", "input")
  expect_code(target_encoder(policies, "make", claims, prior_weight = -1), "encoder.prior_weight", "input")
  expect_code(target_encoder(policies, "make", claims, prior_weight = "ml"), "encoder.prior_weight", "input")
  expect_code(target_encoder(policies, "make", claims, groups = year), "encoder.unused_argument", "input")
  expect_code(target_encoder(policies, "model", claims, hierarchy = c(model = "year")), "encoder.hierarchy", "data",
    "no tree")
  expect_code(target_encoder(policies, "make", claims, groups = year, scheme = "group", n_folds = 10),
    "folds.too_few_groups", "input")
  expect_code(target_encoder(policies[0, ], "make", claims), "data.empty", "data")
  expect_code(target_encoder(policies, "modell", claims), "data.unknown_column", "input")
  expect_code(target_encoder(policies, "make", claims / 2, prior_weight = "auto_ml"), "encoder.counts", "data")
  expect_identical(warning_codes(target_encoder(policies, "make", rep(1, 600)))[1], "encoder.constant_target")
  expect_code(predict(target_encoder(policies, "make", claims, unseen = "error"), data.frame(make = "new")),
    "encoder.unseen_level", "data", "new")
})

test_that("formulas train on the encoder's training values and predict by its full statistics", {
  encoder <- target_encoder(policies, "make/model", claims, exposure = years, scheme = "kfold", seed = 2)
  matrix <- model_matrix(claims ~ te(make / model, scheme = "kfold", seed = 2), policies, exposure = years)
  expect_identical(unname(matrix[, 2]), fitted(encoder)[[1]])
  model <- fit_glm(claims ~ log(te(model)) + TE(make):year, policies, "poisson", exposure = years)
  expect_identical(names(coef(model)), c("(Intercept)", "log(te(model))", "te(make):year"))
  full <- lapply(c("model", "make"), function(term) {
    predict(target_encoder(policies, term, claims, exposure = years), policies)[[1]]
  })
  b <- unname(coef(model))
  link <- b[1] + b[2] * log(full[[1]]) + b[3] * full[[2]] * policies$year
  expect_equal(predict(model, policies), policies$years * exp(link), tolerance = 1e-12, ignore_attr = TRUE)
  expect_equal(sum(residuals(model)^2), deviance(model), tolerance = 1e-10)
  path <- tempfile()
  save_model(model, path)
  expect_identical(predict(load_model(path), policies), predict(model, policies))
  expect_code(fit_glm(claims ~ te(log(year)), policies, "poisson"), "formula.arguments", "formula")
})

test_that("formulas read groups and times", {
  for (scheme in c("group", "time")) {
    formula <- list(group = claims ~ te(model, scheme = "group", groups = year, n_folds = 4),
      time = claims ~ te(model, scheme = "time", time = year, n_folds = 4))[[scheme]]
    encoder <- switch(scheme,
      group = target_encoder(policies, "model", claims, exposure = years, scheme = scheme, groups = year, n_folds = 4),
      time = target_encoder(policies, "model", claims, exposure = years, scheme = scheme, time = year, n_folds = 4))
    expect_identical(unname(model_matrix(formula, policies, exposure = years)[, 2]), fitted(encoder)$model)
    model <- fit_glm(formula, policies, "poisson", exposure = years)
    expect_length(predict(model, policies[1:5, c("model", "years")]), 5)
    expect_equal(sum(residuals(model, "response")), 0, tolerance = 1e-6)
  }
  expect_code(fit_glm(claims ~ te(model, scheme = "group"), policies, "poisson"), "formula.arguments", "formula")
  expect_code(fit_glm(claims ~ te(model, groups = year), policies, "poisson"), "formula.arguments", "formula")
  expect_code(fit_glm(claims ~ te(model, scheme = "group", groups = policy), policies, "poisson"), "data.unknown_column",
    "input")
})

test_that("quantiles", {
  median_of <- target_encoder(policies, "make", claims + years, scheme = "loo", prior_weight = 2, statistic = "quantile")
  own <- policies$make == policies$make[9] & seq_len(600) != 9
  hashed <- folds(600, n_folds = 5, seed = 0)$fold[, 1]
  y <- policies$claims + policies$years
  expected <- (sum(own) * median(y[own]) + 2 * median(y[hashed != hashed[9]])) / (sum(own) + 2)
  expect_equal(fitted(median_of)$make[9], expected, tolerance = 1e-13)
  weighted <- target_encoder(policies, "make", y, weights = years, statistic = "quantile", quantile = 0.9)
  expect_true(all(is.finite(fitted(weighted)$make)))
  expect_true(all(encoder_table(weighted)$std_error > 0))
  expect_code(target_encoder(policies, "make", y, statistic = "quantile", quantile = 2), "encoder.quantile", "input")
})

test_that("cross_fit refits in each fold", {
  shares <- folds(600, n_folds = 3, seed = 5)
  fit <- cross_fit(claims ~ te(model), policies, shares, "poisson", exposure = years)
  for (k in 1:3) {
    model <- fit_glm(claims ~ te(model), policies[training_rows(shares, k), ], "poisson", exposure = years)
    rest <- policies[test_rows(shares, k), ]
    mu <- predict(model, rest)
    expect_identical(fit$predictions[test_rows(shares, k), 1], as.vector(unname(mu)))
    y <- rest$claims
    deviance <- 2 * sum(ifelse(y > 0, y * log(pmax(y, 1) / mu), 0) - (y - mu))
    expect_equal(fit$table$deviance[k], deviance, tolerance = 1e-12)
  }
  expect_equal(fit$deviance, sum(fit$table$deviance))
  expect_output(print(fit), "Out-of-fold")
  again <- cross_fit("claims ~ te(model)", policies, shares$fold[, 1], "poisson", exposure = policies$years)
  expect_identical(again$predictions, fit$predictions)
  expect_code(cross_fit(claims ~ 1, policies, 1:3, "poisson"), "data.length_mismatch", "input")
})
