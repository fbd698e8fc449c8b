# Linear hypotheses: car (fixtures/covariance), properties, bad input.

for (name in inference_cases()) {
  local({
    name <- name
    test_that(paste("hypotheses equal those of car:", name), {
      skip_if_not_installed("jsonlite")
      case <- read_case(name)
      model <- fit_inference_case(case)
      for (expected in case$hypotheses) {
        texts <- as.character(unlist(expected$hypotheses))
        got <- suppressWarnings(linear_hypothesis(model, texts, vcov = expected$vcov, test = expected$test),
          "deciban_warning")
        label <- paste(expected$vcov, toString(expected$hypotheses), expected$test)
        expect_identical(got$df, as.integer(expected$df))
        expect_close(got$statistic, expected$statistic, 1e-6, label = label)
        expect_close(got$p_value, expected$p_value, relative = 1e-8 * (1 + got$statistic * got$df), label = label)
      }
      for (kind in c("model", "HC3")) {
        table <- term_tests(model, kind, "Chisq")
        table <- table[table$df > 0, ]
        expect_identical(table$term, vapply(case$terms, `[[`, "", "term"))
        expect_close(table$statistic, lapply(case$terms, `[[`, kind), label = paste("terms", kind))
      }
    })
  })
}

model <- fit_glm(breaks ~ wool * tension, warpbreaks, "quasipoisson")

test_that("one coefficient is its t test", {
  table <- coef_table(model)
  for (j in seq_along(table$term)) {
    test <- linear_hypothesis(model, table$term[j])
    expect_equal(test$statistic, table$statistic[j]^2, tolerance = 1e-12)
    expect_equal(test$p_value, table$p_value[j], tolerance = 1e-9)
    expect_equal(test$hypotheses$upper, table$upper[j], tolerance = 1e-12)
  }
})

test_that("texts and matrices mean the same", {
  L <- rbind(c(0, 0, 1, -1, 0, 0), c(0, 2, 0, 0, 1, 0))
  wanted <- linear_hypothesis(model, L, c(0, 0.5))
  for (texts in list(c("tensionM = tensionH", "2*woolB + woolB:tensionM = 0.5"),
    "tensionM - tensionH, 2 `woolB` = 1/2 - `woolB:tensionM`")) {
    got <- linear_hypothesis(model, texts)
    expect_identical(got$statistic, wanted$statistic)
    expect_identical(got$hypotheses, wanted$hypotheses)
  }
  expect_identical(linear_hypothesis(model, L[1, ])$p_value, linear_hypothesis(model, "tensionM = tensionH")$p_value)
  expect_output(print(wanted), "tensionM - tensionH = 0", fixed = TRUE)
  expect_identical(attr(term_tests(model), "test"), "F")
})

test_that("bad input is named", {
  cases <- list(syntax = "woolB =", syntax = "(woolB", syntax = "woolB woolB", unknown_name = "woolC = 0",
    not_linear = "woolB * tensionM", constant = "woolB = woolB", redundant = c("woolB", "2 * woolB"),
    dimension = c(1, 2), not_finite = rep(NA_real_, 6))
  for (k in seq_along(cases)) {
    expect_code(linear_hypothesis(model, cases[[k]]), paste0("hypothesis.", names(cases)[k]), "input")
  }
  expect_code(linear_hypothesis(model, character()), "input.argument", "input")
  expect_code(linear_hypothesis(model, list(TRUE)), "input.argument", "input")
  expect_code(linear_hypothesis(model, "woolB", test = "LR"), "input.test", "input")
  expect_code(linear_hypothesis(model, "woolB", rhs = 1:2), "hypothesis.dimension", "input")
  expect_code(linear_hypothesis(model, "woolB", level = 2), "input.level", "input")
  aliased <- suppressWarnings(fit_glm(breaks ~ wool + I(wool == "B") + tension, warpbreaks, "poisson"))
  name <- names(coef(aliased))[is.na(coef(aliased))]
  expect_code(linear_hypothesis(aliased, paste0("`", name, "`")), "hypothesis.aliased", "input")
})
