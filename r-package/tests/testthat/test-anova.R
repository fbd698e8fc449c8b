# R's idioms around tests of terms; figures are in test-questions.R.

data <- small_portfolio()
data$gap <- ifelse(seq_len(nrow(data)) %% 40 == 0, NA, data$driver_age)
fit <- function(formula, family = "poisson", ...) fit_glm(formula, data, family, ...)

test_that("tables are R's own", {
  model <- fit(claim_count ~ area + driver_age)
  expect_s3_class(anova(model), c("anova", "data.frame"), exact = TRUE)
  expect_named(anova(model), c("Df", "Deviance", "Resid. Df", "Resid. Dev", "Pr(>Chi)"))
  expect_named(anova(model, test = "Rao"), c("Df", "Deviance", "Resid. Df", "Resid. Dev", "Rao", "Pr(>Chi)"))
  expect_identical(row.names(drop1(model)), c("<none>", "area", "driver_age"))
  expect_named(drop1(model, test = "none"), c("Df", "Deviance", "AIC"))
  expect_output(print(anova(model)), "Terms added sequentially")
  reference <- stats::glm(claim_count ~ area + driver_age, "poisson", data)
  ours <- drop1(model, test = "LRT")
  theirs <- stats::drop1(reference, test = "LRT")
  expect_named(ours, names(theirs))
  expect_equal(as.data.frame(ours), as.data.frame(theirs), tolerance = 1e-8, ignore_attr = TRUE)
  expect_identical(as.data.frame(drop1(model, . ~ area)), as.data.frame(drop1(model, "area")))
})

test_that("models are compared in the order given", {
  small <- fit(claim_count ~ area)
  large <- fit(claim_count ~ area + driver_age + vehicle_age)
  expect_identical(anova(small, large)$Df, c(NA, 2))
  expect_identical(anova(large, small)$Df, c(NA, -2))
  expect_output(print(anova(small, large)), "Model 2: claim_count ~ area + driver_age", fixed = TRUE)
  expect_code(anova(small, fit(claim_count ~ driver_age)), "anova.not_nested", "input")
  expect_code(anova(small, fit(claim_count ~ area + gap)), "anova.other_rows", "input")
  expect_code(anova(small, fit(claim_count ~ area + driver_age, "quasipoisson")), "anova.other_family", "input")
  expect_code(anova(small, tests = "F"), "input.unknown_argument", "input")
})

test_that("add1 takes a formula or texts", {
  model <- fit(claim_count ~ area)
  by_formula <- add1(model, ~ . + driver_age + log(vehicle_age + 1))
  by_text <- add1(model, c("driver_age", "log(vehicle_age + 1)"))
  expect_identical(as.data.frame(by_formula), as.data.frame(by_text))
  expect_named(by_formula, c("Df", "Deviance", "AIC", "Rao score", "Pr(>Chi)"))
  expect_code(add1(model, ~ . + gap), "add1.other_rows", "data")
  expect_code(add1(model), "add1.no_terms", "input")
})

test_that("errors have codes", {
  model <- fit(claim_count ~ area)
  expect_code(anova(model, test = "chi"), "input.test", "input")
  expect_code(drop1(model, "nothing"), "input.term", "input")
  expect_code(anova(model_from_json(model_to_json(model))), "model.no_data", "data")
  expect_identical(as.vector(warning_codes(anova(model, test = "F"))), "anova.f_known_dispersion")
  expect_code(overdispersion_test(fit(driver_age ~ area, "gaussian")), "overdispersion.family", "input")
})

test_that("profile intervals come through all doors", {
  model <- fit(claim_count ~ area + driver_age)
  limits <- confint(model, level = 0.9, method = "profile")
  expect_identical(dim(limits), c(length(coef(model)), 2L))
  expect_identical(colnames(limits), colnames(confint(model, level = 0.9)))
  table <- coef_table(model, 0.9, method = "profile")
  expect_identical(table$lower, unname(limits[, 1]))
  expect_identical(confint(model, "driver_age", 0.9, "profile"), limits["driver_age", , drop = FALSE])
  expect_equal(tail(relativities(model, 0.9, "profile")$upper, 1), exp(limits[["driver_age", 2]]), tolerance = 1e-14)
  expect_code(confint(model, method = "exact"), "input.method", "input")
  expect_code(confint(model, "nothing", method = "profile"), "input.parm", "input")
  expect_identical(nrow(profile(model, "driver_age", steps = 3)), 7L)
})

test_that("a level without claims has an open interval", {
  data$area_2 <- data$area
  data$claim_count[data$area == data$area[1]] <- 0
  model <- suppressWarnings(fit_glm(claim_count ~ 0 + area + driver_age, data, "poisson"))
  codes <- warning_codes(limits <- confint(model, paste0("area", data$area[1]), method = "profile"))
  expect_identical(as.vector(codes), "profile.open")
  expect_identical(limits[[1]], -Inf)
  expect_true(is.finite(limits[[2]]))
})

test_that("goodness of fit and the link have tables", {
  model <- fit(claim_count ~ area)
  expect_identical(goodness_of_fit(model)$statistic[1], deviance(model))
  expect_identical(overdispersion_test(model)$test[1], "cameron_trivedi")
  expect_type(attr(link_test(model), "estimate"), "double")
  expect_identical(term_importance(model)$share, 1)
})
