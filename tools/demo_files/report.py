"""What tools/demo shows: the tariff, timings, and the differences between R and Python (measured, never assumed)."""

import csv
import json
import os
import platform
import subprocess

import numpy as np
import packages

QUANTITIES = ("coefficients", "std_errors", "deviance", "predictions", "relativities", "actual_expected")
SHOWN_LEVELS = 6


def show(job, work, out):
    """Prints everything; true when R and Python gave the same bits and the same files."""
    results = {language: json.loads((work / f"{language}-fit.json").read_text()) for language in ("r", "python")}
    for spec in job["models"]:
        show_model(spec, results["python"]["models"][spec["name"]], out)
    show_timings(job, results)
    return show_differences(job, work, out)


def show_model(spec, figures, out):
    arguments = ", ".join(f"{name} = {value}" for name, value in spec["arguments"].items())
    print(f"\n{spec['name'].replace('-', ' ').capitalize()}: {spec['formula']}\n  {arguments}")
    for warning in figures["warnings"]:
        print(f"  warning: {warning}")
    print(f"  {figures['nobs']:,.0f} rows, {figures['coefficients']} coefficients, deviance {figures['deviance']:.12g} "
          f"(null {figures['null_deviance']:.12g}), dispersion {figures['dispersion']:.6g}, "
          f"{figures['status']} after {figures['iterations']} step{'s' if figures['iterations'] != 1 else ''}")
    relativities, actual = out / f"{spec['name']}-relativities.csv", out / f"{spec['name']}-actual-expected.csv"
    if spec["name"] in ("frequency", "model") and relativities.exists():
        show_relativities(rows_of(relativities), rows_of(actual))
    elif spec["name"] == "model":
        print("\n" + (out / "model-summary.txt").read_text(encoding="utf-8").rstrip())
    else:
        show_totals(rows_of(actual))


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def show_relativities(relativities, actual):
    """Relativities with 95 % intervals beside observed and fitted totals; of long factors the levels with most exposure."""
    totals = {(row["term"], row["level"]): row for row in actual}
    lines = [("term", "level", "exposure", "observed", "fitted", "obs/fit", "relativity", "95 % interval")]
    for term in dict.fromkeys(row["term"] for row in relativities):
        levels = [row for row in relativities if row["term"] == term]
        shown = {row["level"] for row in sorted(levels, key=lambda row: (row["base"] != "True", -float(row["exposure"])))[:SHOWN_LEVELS]}
        for row in levels:
            if row["level"] in shown:
                label = term if row is levels[0] or len(lines) == 0 else ""
                lines.append((label, *relativity_line(row, totals.get((term, row["level"])))))
        if len(levels) > len(shown):
            lines.append(("", f"... {len(levels) - len(shown)} more", "", "", "", "", "", ""))
    total = actual[-1]
    lines.append(("all", "", *totals_of(total), "", ""))
    print()
    show_lines(lines, left=2)


def relativity_line(row, total):
    relativity, lower, upper = (float(row[name]) for name in ("relativity", "lower", "upper"))
    interval = "base" if row["base"] == "True" else f"{factor(lower)} - {factor(upper)}"
    level = row["level"] if total else "per unit"
    return (level, *(totals_of(total) if total else ("", "", "", "")), factor(relativity), interval)


def factor(value):
    return f"{value:.4f}" if value < 1e4 else f"{value:.3g}"


def totals_of(row):
    return tuple(f"{float(row[name]):,.0f}" for name in ("exposure", "observed", "fitted")) + (f"{float(row['ratio']):.4f}",)


def show_totals(actual):
    """One line: observed against fitted in total and at the levels that are furthest off."""
    *levels, total = actual
    exposure, observed, fitted, ratio = totals_of(total)
    print(f"  observed {observed}, fitted {fitted}, ratio {ratio}")
    if levels:
        low, high = min(levels, key=lambda row: float(row["ratio"])), max(levels, key=lambda row: float(row["ratio"]))
        print("  by factor level from " + " to ".join(f"{float(row['ratio']):.3f} ({row['term']} {row['level']})" for row in (low, high)))


def show_lines(lines, left=1):
    """A table with its first columns to the left and the others to the right."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        cells = (cell.ljust(width) if i < left else cell.rjust(width) for i, (cell, width) in enumerate(zip(line, widths)))
        print(("  " + "  ".join(cells)).rstrip())


def show_timings(job, results):
    r_version = subprocess.run(["Rscript", "--version"], capture_output=True, text=True)
    r_version = (r_version.stdout + r_version.stderr).split("version ")[-1].split()[0]
    print(f"\nTimings in seconds, {job['threads']} threads on {os.cpu_count()} processors ({platform.machine()})")
    lines = [("", f"R {r_version}", f"Python {platform.python_version()}")]
    for spec in job["models"]:
        for what in ("fit", "predict"):
            values = (results[language]["models"][spec["name"]][what] for language in ("r", "python"))
            lines.append((f"{spec['name'].replace('-', ' ')}, {what}", *(f"{value:.3f}" for value in values)))
    show_lines(lines)


def difference(work, left, right):
    """Largest absolute difference of two files of doubles; None where neither is there."""
    paths = work / left, work / right
    if not any(path.exists() for path in paths):
        return None
    a, b = (np.fromfile(path, "<f8") if path.exists() else np.empty(0) for path in paths)
    if len(a) != len(b):
        return np.inf
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return 0.0 if same.all() else float(np.nanmax(np.abs(np.where(same, 0.0, a - b)), initial=0.0)) or np.inf


def show_differences(job, work, out):
    print("\nLargest difference between R and Python")
    cross = {"Python with R's file": ("python/{}-cross", "r/{}-predictions"), "R with Python's file": ("r/{}-cross", "python/{}-predictions")}
    rows = {quantity.replace("_", " "): (f"r/{{}}-{quantity}", f"python/{{}}-{quantity}") for quantity in QUANTITIES}
    names = [spec["name"] for spec in job["models"]]
    lines, same = [("", *(name.replace("-", " ") for name in names))], True
    for label, (left, right) in {**rows, **{f"prediction, {label}": pair for label, pair in cross.items()}}.items():
        found = [difference(work, left.format(name), right.format(name)) for name in names]
        lines.append((label, *("-" if value is None else f"{value:.3g}" for value in found)))
        same = same and not any(found)
    files = [[(out / language / f"{name}.json").read_bytes() for language in ("r", "python")] for name in names]
    lines.append(("model file", *("same bytes" if r == python else "DIFFERENT" for r, python in files)))
    same = same and all(r == python for r, python in files)
    show_lines(lines)
    print("\nR and Python gave the same bits." if same else "\nR AND PYTHON DIFFER.")
    show_files(out, names)
    return same


def show_files(out, names):
    place = os.path.relpath(out) if out.is_relative_to(os.getcwd()) else out
    print("Model files, each read by both languages:")
    for name in names:
        print(f"  {place}/r/{name}.json  {place}/python/{name}.json  ({(out / 'r' / f'{name}.json').stat().st_size:,} bytes)")
    print(f"Tables and summaries: {place}/*.csv, {place}/*.txt")
    library, python = (os.path.relpath(path) for path in (packages.R_LIBRARY, packages.PYTHON))
    print("To go on from here:")
    print(f"  R_LIBS={library} R: library(deciban); predict(load_model(\"{place}/python/{names[0]}.json\"), new_data)")
    print(f"  {python}: import deciban; deciban.load_model(\"{place}/r/{names[0]}.json\").predict(new_data)")
