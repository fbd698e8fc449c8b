#' Figures of a fitted model
#'
#' `plot()` draws the diagnostic figures that [stats::plot.lm()] draws of a `glm`, `plot_term()` what one term does to
#' the mean: its [rating_table()] as a figure.
#'
#' @param x,model A model with its data at hand.
#' @param which Which figures: 1 deviance residuals against the linear predictor, 2 standardised deviance residuals
#'   against normal quantiles, 3 the root of their absolute values against the linear predictor, 4 Cook's distance by
#'   row,
#'   5 standardised Pearson residuals against leverage with contours of Cook's distance.
#' @param id.n Number of extreme rows that are named.
#' @param max_points Of more rows every k-th one is drawn, and the extreme ones.
#' @param ask Whether to ask before each new page.
#' @param term,level,at,base As in [rating_table()].
#' @param points Values on the grid of a numeric variable.
#' @param scale `"relativity"` or `"link"`; `NULL`: relativities where the link is log, logit or cloglog.
#' @param ... For `plot()`: graphical parameters of the points.
#' @return `plot()`: the model, invisibly. `plot_term()`: a ggplot if package ggplot2 is installed, else the rating
#'   table,
#'   invisibly, after it was drawn with base graphics.
#' @section Errors:
#' `input.which`, `plot.variables` for a term of more than two variables, `model.no_data`, `model.data_changed`, and
#' those
#' of [rating_table()].
#' @examples
#' model <- fit_glm(breaks ~ wool * tension, warpbreaks, "quasipoisson")
#' old <- par(mfrow = c(2, 2))
#' plot(model)
#' par(old)
#' plot_term(model, "wool:tension")
#' @name plot.deciban_glm
NULL

#' @rdname plot.deciban_glm
#' @method plot deciban_glm
#' @export
plot.deciban_glm <- function(x, which = c(1, 2, 3, 5), id.n = 3, max_points = 20000,
                             ask = prod(graphics::par("mfcol")) < length(which) && grDevices::dev.interactive(), ...) {
  call <- sys.call()
  if (!is.numeric(which) || !length(which) || !all(which %in% 1:5)) {
    raise_input("input.which", paste0("`which` is ", deparse_whole(which), "."), "Give numbers from 1 to 5.", call,
      list(argument = "which"))
  }
  rows <- diagnostic_rows(x, call)
  if (ask) {
    old <- grDevices::devAskNewPage(TRUE)
    on.exit(grDevices::devAskNewPage(old))
  }
  panels <- list(panel_residuals, panel_quantiles, panel_scale, panel_cook, panel_leverage)
  for (panel in panels[which]) panel(rows, id.n, max_points, ...)
  invisible(x)
}

# One row per usable training row.
diagnostic_rows <- function(object, call) {
  source <- training_source(object, call)
  answer <- query_model(object, "influence", list(), source, call)
  found <- answer$table
  labels <- if (is.null(answer$labels)) as.character(seq_len(nrow(found))) else answer$labels
  rows <- data.frame(label = labels, linear = unname(row_values(object, "linear", source, call)),
    residual = unname(row_values(object, "deviance", source, call)), standard = found$standard_deviance,
    pearson = found$standard_pearson, hat = found$hat, cooks = found$cooks)
  rows <- rows[stats::complete.cases(rows) & is.finite(rows$standard), ]
  attr(rows, "rank") <- object$rank
  rows
}

# Points, the extreme ones by name; of very many rows every k-th.
scatter <- function(x, y, size, labels, id.n, max_points, ...) {
  extreme <- utils::head(order(-size), max(20, id.n))
  step <- max(1, ceiling(length(x) / max_points))
  drawn <- sort(union(seq(1, length(x), by = step), extreme))
  style <- list(...)
  if (length(drawn) > 1000) {
    style <- utils::modifyList(list(pch = 20, cex = 0.4, col = grDevices::adjustcolor("#1b6ca8", 0.5)), style)
  }
  do.call(graphics::plot, c(list(x[drawn], y[drawn]), style))
  named <- utils::head(order(-size), id.n)
  if (length(named)) {
    side <- ifelse(x[named] > mean(range(x)), 2, 4)
    graphics::text(x[named], y[named], labels[named], pos = side, cex = 0.75, xpd = TRUE)
  }
  drawn
}

panel_residuals <- function(rows, id.n, max_points, ...) {
  drawn <- scatter(rows$linear, rows$residual, abs(rows$residual), rows$label, id.n, max_points,
    xlab = "Predicted values", ylab = "Residuals", main = "Residuals vs Fitted", ...)
  graphics::lines(stats::lowess(rows$linear[drawn], rows$residual[drawn]), col = 2)
  graphics::abline(h = 0, lty = 3, col = "gray")
}

panel_quantiles <- function(rows, id.n, max_points, ...) {
  quantiles <- stats::qqnorm(rows$standard, plot.it = FALSE)
  scatter(quantiles$x, quantiles$y, abs(rows$standard), rows$label, id.n, max_points,
    xlab = "Theoretical quantiles", ylab = "Std. deviance resid.", main = "Normal Q-Q", ...)
  stats::qqline(rows$standard, lty = 3, col = "gray50")
}

panel_scale <- function(rows, id.n, max_points, ...) {
  root <- sqrt(abs(rows$standard))
  drawn <- scatter(rows$linear, root, root, rows$label, id.n, max_points, xlab = "Predicted values",
    ylab = expression(sqrt(abs("Std. deviance resid."))), main = "Scale-Location", ...)
  graphics::lines(stats::lowess(rows$linear[drawn], root[drawn]), col = 2)
}

panel_cook <- function(rows, id.n, max_points, ...) {
  scatter(seq_len(nrow(rows)), rows$cooks, rows$cooks, rows$label, id.n, max_points, type = "h",
    xlab = "Row", ylab = "Cook's distance", main = "Cook's distance", ...)
}

panel_leverage <- function(rows, id.n, max_points, ...) {
  scatter(rows$hat, rows$pearson, rows$cooks, rows$label, id.n, max_points, xlab = "Leverage",
    ylab = "Std. Pearson resid.", main = "Residuals vs Leverage", ...)
  graphics::abline(h = 0, v = 0, lty = 3, col = "gray")
  edges <- graphics::par("usr")
  hat <- seq(max(edges[1], 1e-6), min(0.999, edges[2]), length.out = 101)
  for (distance in c(0.5, 1)) {
    bound <- sqrt(distance * attr(rows, "rank") * (1 - hat) / hat)
    graphics::lines(hat, bound, lty = 2, col = 2)
    graphics::lines(hat, -bound, lty = 2, col = 2)
  }
  graphics::legend("bottomright", legend = "Cook's distance 0.5, 1", lty = 2, col = 2, bty = "n", cex = 0.8)
}

#' @rdname plot.deciban_glm
#' @export
plot_term <- function(model, term, level = 0.95, at = NULL, base = NULL, points = 101, scale = NULL) {
  call <- sys.call()
  require_model(model, call)
  if (is.null(scale)) {
    scale <- if (model$statistics$link %in% c("log", "logit", "cloglog")) "relativity" else "link"
  }
  arguments <- list(term = term, level = level, at = plain_values(at), base = plain_values(base), points = points,
    scale = scale)
  answer <- query_model(model, "rating_table", arguments, source_if_any(model, call), call)
  drawing <- term_drawing(answer$table, answer$notes$term, scale, call)
  if (requireNamespace("ggplot2", quietly = TRUE)) {
    return(draw_with_ggplot(drawing))
  }
  draw_with_base(drawing)
  invisible(answer$table)
}

# What is drawn: columns x, y, lower, upper, group, exposure by row, and the labels.
term_drawing <- function(table, title, scale, call) {
  value <- if (scale == "link") "effect" else "relativity"
  variables <- setdiff(names(table)[seq_len(match(value, names(table)) - 1)], c("rows", "exposure", "claims", "observed"))
  if (length(variables) > 2) {
    raise_input("plot.variables", paste0("The term has ", length(variables), " variables."),
      "rating_table() gives it as a table.", call, list(variables = variables))
  }
  # a number goes along the axis
  if (length(variables) == 2 && is.factor(table[[variables[1]]]) && !is.factor(table[[variables[2]]])) {
    variables <- rev(variables)
  }
  rows <- data.frame(x = table[[variables[1]]], y = table[[value]], lower = table$lower, upper = table$upper)
  rows$exposure <- if (is.null(table$exposure) || length(variables) > 1) NULL else table$exposure
  if (length(variables) == 2) {
    second <- table[[variables[2]]]
    if (!is.factor(second) && length(unique(second)) > 6) {
      chosen <- unique(second)[round(seq(1, length(unique(second)), length.out = 5))]
      rows <- rows[second %in% chosen, ]
      second <- second[second %in% chosen]
    }
    rows$group <- if (is.factor(second)) second else factor(signif(second, 4))
  }
  list(rows = rows, title = title, x = variables[1], group = if (length(variables) == 2) variables[2],
    y = if (scale == "link") "Effect on the predictor" else "Relativity", neutral = if (scale == "link") 0 else 1)
}

draw_with_ggplot <- function(drawing) {
  rows <- drawing$rows
  x <- y <- NULL
  figure <- ggplot2::ggplot(rows, ggplot2::aes(x = x, y = y))
  if (is.factor(rows$x)) figure <- figure + ggplot2::scale_x_discrete()
  if (!is.null(rows$exposure)) figure <- figure + bars_of_exposure(drawing)
  figure <- figure + ggplot2::geom_hline(yintercept = drawing$neutral, colour = "grey60") +
    (if (is.factor(rows$x)) layers_of_levels(drawing) else layers_of_lines(drawing))
  figure + ggplot2::labs(title = drawing$title, x = drawing$x, y = drawing$y, colour = drawing$group,
    fill = if (!is.factor(rows$x)) drawing$group) + ggplot2::theme_minimal()
}

# Bars from the bottom of the figure up to 40 % of its height.
bars_of_exposure <- function(drawing) {
  rows <- drawing$rows
  x <- bar <- NULL
  finite <- range(c(rows$lower, rows$upper, drawing$neutral), finite = TRUE)
  floor <- finite[1] - 0.05 * diff(finite)
  height <- 0.4 * (finite[2] - floor) / max(rows$exposure)
  rows$bar <- floor + height * rows$exposure
  box <- ggplot2::aes(xmin = as.numeric(x) - 0.4, xmax = as.numeric(x) + 0.4, ymin = floor, ymax = bar)
  second <- ggplot2::sec_axis(~ (. - floor) / height, name = "Exposure", breaks = pretty(c(0, rows$exposure), 3))
  list(ggplot2::geom_rect(box, data = rows, fill = "grey85"), ggplot2::scale_y_continuous(sec.axis = second))
}

layers_of_levels <- function(drawing) {
  group <- lower <- upper <- NULL
  if (is.null(drawing$group)) {
    return(list(ggplot2::geom_linerange(ggplot2::aes(ymin = lower, ymax = upper), colour = "#1b6ca8"),
      ggplot2::geom_point(colour = "#1b6ca8")))
  }
  apart <- ggplot2::position_dodge(width = 0.4)
  list(ggplot2::geom_linerange(ggplot2::aes(ymin = lower, ymax = upper, colour = group), position = apart),
    ggplot2::geom_point(ggplot2::aes(colour = group), position = apart))
}

layers_of_lines <- function(drawing) {
  group <- lower <- upper <- NULL
  if (is.null(drawing$group)) {
    return(list(ggplot2::geom_ribbon(ggplot2::aes(ymin = lower, ymax = upper), fill = "#1b6ca8", alpha = 0.2),
      ggplot2::geom_line(colour = "#1b6ca8")))
  }
  list(ggplot2::geom_ribbon(ggplot2::aes(ymin = lower, ymax = upper, fill = group), alpha = 0.15),
    ggplot2::geom_line(ggplot2::aes(colour = group)))
}

draw_with_base <- function(drawing) {
  rows <- drawing$rows
  groups <- if (is.null(rows$group)) list(rows) else split(rows, rows$group)
  place <- as.numeric(rows$x)
  graphics::plot(range(place) + c(-0.3, 0.3) * is.factor(rows$x), range(c(rows$lower, rows$upper), finite = TRUE),
    type = "n", xlab = drawing$x, ylab = drawing$y, main = drawing$title, xaxt = if (is.factor(rows$x)) "n" else "s")
  if (is.factor(rows$x)) graphics::axis(1, seq_along(levels(rows$x)), levels(rows$x))
  graphics::abline(h = drawing$neutral, col = "gray")
  for (j in seq_along(groups)) {
    one <- groups[[j]]
    at <- as.numeric(one$x) + if (is.factor(one$x)) (j - (length(groups) + 1) / 2) * 0.1 else 0
    if (is.factor(one$x)) {
      graphics::segments(at, one$lower, at, one$upper, col = j)
      graphics::points(at, one$y, pch = 19, col = j)
    } else {
      graphics::lines(at, one$y, col = j)
      graphics::matlines(at, one[c("lower", "upper")], lty = 2, col = j)
    }
  }
  if (length(groups) > 1) graphics::legend("topright", names(groups), col = seq_along(groups), lty = 1, bty = "n")
}
