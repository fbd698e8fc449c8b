# Leverage and influence: R's methods for glm (fixtures/covariance), properties, bad input.

for (name in inference_cases()) {
  local({
    name <- name
    test_that(paste("influence equals that of R:", name), {
      skip_if_not_installed("jsonlite")
      case <- read_case(name)
      model <- fit_inference_case(case)
      expected <- case$influence
      labels <- as.character(unlist(expected$rows))
      infl <- influence(model)
      got <- list(hatvalues = hatvalues(model), rstandard_deviance = rstandard(model),
        rstandard_pearson = rstandard(model, type = "pearson"), rstudent = rstudent(model),
        cooks_distance = cooks.distance(model), sigma = infl$sigma, dffits = infl$dffits, covratio = infl$covratio)
      for (field in names(got)) {
        size <- stats::median(abs(as.numeric(unlist(expected[[field]]))), na.rm = TRUE)
        expect_close(got[[field]][labels], expected[[field]], 1e-3 * size, label = field)
      }
      for (field in c("dfbeta", "dfbetas")) {
        changes <- get(field)(model)
        wanted <- do.call(rbind, lapply(expected[[field]], function(row) as.numeric(unlist(row))))
        size <- apply(abs(wanted), 2, stats::median, na.rm = TRUE)
        expect_close(changes[labels, , drop = FALSE], wanted, rep(size, each = nrow(wanted)), label = field)
      }
      expect_identical(infl$coefficients, dfbeta(model))
    })
  })
}

test_that("R's methods are met by name", {
  model <- fit_glm(breaks ~ wool + tension, warpbreaks, "quasipoisson")
  ref <- reference(breaks ~ wool + tension, family = quasipoisson, data = warpbreaks)
  expect_equal(hatvalues(model), hatvalues(ref), tolerance = 1e-9)
  expect_equal(rstudent(model), rstudent(ref), tolerance = 1e-9)
  expect_equal(cooks.distance(model), cooks.distance(ref), tolerance = 1e-9)
  expect_equal(dfbetas(model), dfbetas(ref), tolerance = 1e-8)
  expect_equal(influence(model, do.coef = FALSE)[c("hat", "sigma", "dev.res", "pear.res")],
    influence(ref, do.coef = FALSE)[c("hat", "sigma", "dev.res", "pear.res")], tolerance = 1e-9)
})

test_that("dropped rows are left out or missing", {
  holes <- replace(warpbreaks, cbind(c(2, 5), 2), NA)
  omit <- cooks.distance(fit_glm(breaks ~ wool + tension, holes, "poisson"))
  exclude <- cooks.distance(fit_glm(breaks ~ wool + tension, holes, "poisson", na_action = "exclude"))
  expect_identical(names(omit), as.character(setdiff(1:54, c(2, 5))))
  expect_identical(names(exclude)[is.na(exclude)], c("2", "5"))
  expect_identical(exclude[!is.na(exclude)], omit)
})

test_that("bad input is named", {
  model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
  loaded <- model_from_json(model_to_json(model))
  expect_code(hatvalues(loaded), "model.no_data", "data")
  expect_code(rstandard(model, type = "working"), "input.type", "input")
  expect_code(cooks.distance(model, scale = 1), "input.unknown_argument", "input")
  zip <- data.frame(zip = sprintf("Z%04d", rep(1:1200, 3)), y = as.double(1:3600 %% 7 + 1))
  wide <- fit_glm(y ~ zip, zip, "gamma")
  expect_equal(sum(hatvalues(wide)), 1200, tolerance = 1e-10)
  expect_code(dfbetas(wide), "influence.wide_factor", "input")
})

test_that("Anscombe residuals follow their definition", {
  gamma <- fit_glm(breaks ~ wool + tension, warpbreaks, "gamma", weights = w <- rep(c(1, 2, 0.5), 18))
  y <- warpbreaks$breaks
  mu <- fitted(gamma)
  expect_equal(residuals(gamma, "anscombe"), 3 * (y^(1 / 3) - mu^(1 / 3)) / mu^(1 / 3) * sqrt(w), tolerance = 1e-12)
  binomial <- fit_glm(cbind(ncases, ncontrols) ~ agegp, datasets::esoph, "binomial")
  trials <- esoph$ncases + esoph$ncontrols
  mu <- fitted(binomial)
  part <- function(x) beta(2 / 3, 2 / 3) * pbeta(x, 2 / 3, 2 / 3)
  wanted <- (part(esoph$ncases / trials) - part(mu)) / (mu * (1 - mu))^(1 / 6) * sqrt(trials)
  expect_equal(residuals(binomial, "anscombe"), wanted, tolerance = 1e-10)
})

test_that("quantile residuals are normal quantiles of the law", {
  gamma <- fit_glm(breaks ~ wool + tension, warpbreaks, "gamma")
  shape <- 1 / gamma$dispersion
  wanted <- qnorm(pgamma(warpbreaks$breaks, shape, scale = fitted(gamma) / shape))
  expect_equal(unname(residuals(gamma, "quantile")), unname(wanted), tolerance = 1e-9)
  poisson <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
  first <- residuals(poisson, "quantile", seed = 1)
  expect_identical(first, residuals(poisson, "quantile", seed = 1))
  expect_false(identical(first, residuals(poisson, "quantile", seed = 2)))
  expect_true(all(first > qnorm(ppois(warpbreaks$breaks - 1, fitted(poisson))) &
    first < qnorm(ppois(warpbreaks$breaks, fitted(poisson)))))
  expect_identical(names(first), row.names(warpbreaks))
  quasi <- fit_glm(breaks ~ wool, warpbreaks, "quasipoisson")
  expect_code(residuals(quasi, "quantile"), "predict.no_law", "input")
  expect_code(residuals(poisson, "quantile", seed = -1), "input.seed", "input")
  expect_code(residuals(poisson, "partial"), "input.type", "input")
})
