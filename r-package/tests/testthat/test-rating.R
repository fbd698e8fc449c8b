# Rating tables, collinearity, aliased coefficients and broom's tables: R's figures (fixtures/rating), properties.

rating_folder <- function() file.path(dirname(inference_folder()), "rating")
rating_cases <- function() sub("[.]json$", "", list.files(rating_folder(), "[.]json$"))

read_rating_case <- function(name) read_case(file.path("..", "rating", name))

fit_rating_case <- function(case) {
  asked <- case$arguments
  asked$formula <- stats::as.formula(asked$formula)
  asked$contrasts <- if (length(asked$contrasts)) lapply(asked$contrasts, as.character)
  suppressWarnings(do.call(fit_glm, c(asked, list(data = case$frame, n_threads = 2L))), "deciban_warning")
}

plain <- function(value) {
  if (is.list(value) && is.null(names(value))) unlist(value) else if (is.list(value)) lapply(value, plain) else value
}

test_that("cases are found", {
  expect_gte(length(rating_cases()), 10L)
})

for (name in rating_cases()) {
  local({
    name <- name
    test_that(paste("figures equal those of R:", name), {
      skip_if_not_installed("jsonlite")
      case <- read_rating_case(name)
      model <- fit_rating_case(case)
      for (table in case$tables) {
        got <- do.call(rating_table, c(list(model), lapply(table$arguments, plain)))
        expect_identical(got$base, as.logical(unlist(table$expected$base)))
        for (column in c("relativity", "lower", "upper")) {
          expect_close(got[[column]], table$expected[[column]], label = paste(table$arguments$term, column))
        }
      }
      if (length(case$vif)) {
        got <- vif(model)
        # beside an interaction the correlation matrix is nearly singular: its condition is the loss of digits
        relative <- if (max(as.numeric(unlist(case$vif$gvif))) < 1e3) 1e-8 else 1e-6
        expect_identical(as.integer(got$df), as.integer(unlist(case$vif$df)))
        expect_close(got$gvif, case$vif$gvif, relative = relative, label = "gvif")
        expect_close(got$gvif_scaled, case$vif$gvif_scaled, relative = relative, label = "gvif_scaled")
      }
      tidied <- tidy.deciban_glm(model)
      expect_identical(tidied$term, as.character(unlist(case$broom$tidy$term)))
      for (column in c("estimate", "std.error", "statistic")) {
        scale <- if (column == "estimate") tidied$std.error else 0
        if (column == "statistic") scale <- 1
        expect_close(tidied[[column]], case$broom$tidy[[column]], scale, label = column)
      }
      # a p-value moves by its statistic times the statistic's error
      expect_close(tidied$p.value, case$broom$tidy$p.value, relative = 1e-8 * max(1, abs(tidied$statistic)^2),
        label = "p.value")
      glanced <- glance.deciban_glm(model)
      for (column in names(case$broom$glance)) {
        expect_close(glanced[[column]], case$broom$glance[[column]], label = column)
      }
    })
  })
}

portfolio <- small_portfolio(2000, seed = 9)
model <- fit_glm(claim_count ~ area * vehicle_gas + bs(driver_age, df = 4), portfolio, "poisson", exposure = exposure)

test_that("a factor has the rows of relativities()", {
  shown <- relativities(model)
  table <- rating_table(model, "area")
  shown <- shown[shown$term == "area", ]
  expect_identical(as.character(table$area), shown$level)
  expect_identical(table[c("rows", "exposure", "claims", "observed", "base")],
    `rownames<-`(shown[c("rows", "exposure", "claims", "observed", "base")], NULL))
  expect_equal(table$relativity, shown$relativity, tolerance = 1e-14)
})

test_that("cells of an interaction know their totals when the model has its data", {
  table <- rating_table(model, "vehicle_gas:area")
  totals <- aggregate(cbind(exposure, claim_count) ~ area + vehicle_gas, portfolio, sum)
  expect_equal(table$exposure, totals$exposure, tolerance = 1e-12)
  expect_equal(table$claims, totals$claim_count, tolerance = 1e-12)
  expect_equal(table$observed, totals$claim_count / totals$exposure, tolerance = 1e-12)
  again <- model_from_json(model_to_json(model))
  expect_named(rating_table(again, "area:vehicle_gas"),
    c("area", "vehicle_gas", "relativity", "lower", "upper", "base"))
  wide <- rating_table(model, "area:vehicle_gas", wide = TRUE)
  expect_identical(c(wide$Diesel, wide$Regular), table$relativity)
})

test_that("aliased coefficients are named", {
  data <- data.frame(y = c(1, 2, 3, 4, 2), x = 1:5, z = 2 * 1:5)
  model <- suppressWarnings(fit_glm(y ~ x + z, data, "poisson"))
  expect_identical(aliased(model), data.frame(coefficient = "z", term = "z", whole_term = TRUE))
  expect_identical(vif(model)$gvif[2], NaN)
  expect_identical(alias(model), aliased(model))
})

test_that("bad input ends by code", {
  expect_code(rating_table(model, "aera"), "rating_table.term", "input", "aera")
  expect_code(rating_table(model, "driver_age", at = "old"), "rating_table.at", "input")
  expect_code(rating_table(model, "driver_age", at = list(age = 3)), "rating_table.at", "input", "age")
  expect_code(rating_table(model, "area", at = 3), "rating_table.at", "input")
  expect_code(rating_table(model, "area", base = "Z"), "rating_table.base", "input", "Z")
  expect_code(rating_table(model, "area", wide = TRUE), "rating_table.wide", "input")
  expect_code(rating_table(model, "area", scale = "log"), "input.scale", "input")
  expect_code(rating_table(model, "area", level = 1), "input.level", "input")
  expect_code(rating_table(fit_glm(dist ~ speed, cars, "gaussian"), "speed"), "relativities.link", "input")
  expect_code(vif(1), "input.argument_type", "input")
  expect_identical(c(warning_codes(vif(fit_glm(dist ~ 0 + speed, cars, "gaussian")))), "vif.no_intercept")
})
