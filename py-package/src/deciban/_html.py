"""Results as HTML for notebooks: real tables, every text escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

__all__ = ["figures_html", "summary_html", "table_html"]

_SHOWN_ROWS = 200
_NUMBER = ' style="text-align: right"'
_TEXT = ' style="text-align: left"'


def table_html(header: Sequence[str], rows: Iterable[Sequence[Any]], caption: str = "") -> str:
    """One table; numbers are to the right, texts to the left, everything is escaped."""
    lines = ["<table>"]
    if caption:
        lines.append(f'<caption style="text-align: left">{html.escape(caption)}</caption>')
    lines.append("<thead><tr>" + "".join(f"<th{_NUMBER}>{html.escape(name)}</th>" for name in header) + "</tr></thead>")
    lines.append("<tbody>")
    for row in rows:
        first, *cells = row
        head = f'<th scope="row"{_TEXT}>{html.escape(str(first))}</th>'
        lines.append("<tr>" + head + "".join(_cell(value) for value in cells) + "</tr>")
    lines.append("</tbody></table>")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    text = str(value)
    place = _NUMBER if text in ("", "NA") or text[0] in "+-.0123456789<*" or text in ("True", "False") else _TEXT
    return f"<td{place}>{html.escape(text)}</td>"


def figures_html(figures: Iterable[tuple[str, str]]) -> str:
    """A table of names and values without a header."""
    rows = [
        f'<tr><th scope="row"{_TEXT}>{html.escape(name)}</th><td{_TEXT}>{html.escape(value)}</td></tr>'
        for name, value in figures
    ]
    return "<table><tbody>\n" + "\n".join(rows) + "\n</tbody></table>"


def number(value: float, digits: int = 4) -> str:
    """Significant digits, NA for NaN."""
    return "NA" if np.isnan(value) else f"{value:.{digits}g}"


def p_value(value: float) -> str:
    if np.isnan(value):
        return "NA"
    return "<2e-16" if value < 2e-16 else f"{value:.3g}"


def _stars(value: float) -> str:
    limits = ((0.001, "***"), (0.01, "**"), (0.05, "*"), (0.1, "."))
    return next((mark for limit, mark in limits if value < limit), "")


def summary_html(figures: dict[str, Any], table: dict[str, Any], level: float, warnings: Sequence[Any]) -> str:
    """The summary of a model: what was fitted, coefficients, figures of the fit, warnings."""
    kind = "z" if figures["statistic"] == "z" else "t"
    header = ["", "Estimate", "Std. Error", f"{kind} value", f"Pr(>|{kind}|)", "", *_limits(level)]
    names = list(table["term"])
    columns = [table[name] for name in ("estimate", "std_error", "statistic", "p_value", "lower", "upper")]
    rows = []
    for name, estimate, error, statistic, p, lower, upper in zip(names[:_SHOWN_ROWS], *columns):
        shown = [number(estimate), number(error), "NA" if np.isnan(statistic) else f"{statistic:.3f}", p_value(p)]
        rows.append([name, *shown, _stars(p), number(lower), number(upper)])
    parts = [figures_html(_model_lines(figures)), table_html(header, rows)]
    if len(names) > _SHOWN_ROWS:
        parts.append(f"<p>... and {len(names) - _SHOWN_ROWS} more coefficients: <code>coef_table()</code> has all.</p>")
    parts.append(
        "<p>Signif. codes: 0 &#x27;***&#x27; 0.001 &#x27;**&#x27; 0.01 &#x27;*&#x27; 0.05 &#x27;.&#x27; 0.1</p>"
    )
    parts.append(figures_html(_fit_lines(figures)))
    parts.extend(
        f"<p><b>Warning [{html.escape(one['code'])}]:</b> {html.escape(one['message'])}</p>" for one in warnings
    )
    return '<div class="deciban-summary">\n' + "\n".join(parts) + "\n</div>"


def _limits(level: float) -> list[str]:
    percent = f"{100 * level:.6g}%"
    return [f"lower {percent}", f"upper {percent}"]


def _model_lines(figures: dict[str, Any]) -> list[tuple[str, str]]:
    family = dict(figures["family_parameters"])
    name = family.pop("id")
    estimated = ", estimated" if figures["parameter_estimated"] else ""
    inside = ", ".join(f"{key} = {number(one, 6) if isinstance(one, float) else one}" for key, one in family.items())
    label = f"{name}({inside}{estimated})" if inside else name
    lines = [("Model", "Generalized linear model"), ("Formula", figures["formula"])]
    lines += [("Family", label), ("Link", figures["link"])]
    if figures.get("vcov", "model") != "model":
        lines.append(("Covariance", figures["vcov"]))
    return lines


def _fit_lines(figures: dict[str, Any]) -> list[tuple[str, str]]:
    known = " (known)" if figures["statistic"] == "z" else " (Pearson chi-squared / residual degrees of freedom)"
    rows = f"{figures['rows']:,} given, {figures['rows_dropped']:,} dropped, {number(figures['nobs'], 10)} used"
    lines = [
        ("Rows", rows),
        ("Dispersion", number(figures["dispersion"], 6) + known),
        ("Null deviance", f"{number(figures['null_deviance'], 8)} on {number(figures['df_null'], 10)} df"),
        ("Residual deviance", f"{number(figures['deviance'], 8)} on {number(figures['df_residual'], 10)} df"),
    ]
    if figures["log_likelihood_reason"]:
        lines.append(("Log-likelihood, AIC, BIC", f"NA ({figures['log_likelihood_reason']})"))
    else:
        lines.append(
            ("Log-likelihood", f"{number(figures['log_likelihood'], 8)} (df = {figures['log_likelihood_df']})")
        )
        lines.append(("AIC, BIC", f"{number(figures['aic'], 8)}, {number(figures['bic'], 8)}"))
    done = "Converged" if figures["converged"] else f"Not converged ({figures['status']})"
    lines.append(("Status", f"{done} after {figures['n_iter']} iterations"))
    return lines
