"""What a run of the benchmarks measures with, prints and writes."""

import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import textwrap
from pathlib import Path

import packages  # of tools/demo_files; bench.py leads there
import problems

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PEER_GAP = 1e-8  # relative, of the deviance
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS", "POLARS_MAX_THREADS")  # of the peers: two
WIDTHS = (52, 20, 28, 16, 20)


class Bench:
    """Measuring processes, the lines of results by section, the bars that were missed, the ratios for the README."""

    def __init__(self, options, folder, load):
        self.options, self.folder, self.sections, self.missed, self.versions, self.facts = options, folder, [], [], {}, {}
        self.fit_peers, self.program = options.fit_peers, None
        self.env = {**packages.environment(), "PYTHONDONTWRITEBYTECODE": "1", **dict.fromkeys(THREADS, "2")}
        self.load = load
        if options.peers:
            self.env["PYTHONPATH"] = str(install_peers(options.peers))

    def run(self, language, *what, folder=None, script="measure"):
        """One measuring process; its result."""
        env = dict(self.env)
        if what[0].endswith("memory"):  # freed memory goes back to the system at once, so that none of it is used again unseen
            env["MALLOC_MMAP_THRESHOLD_"] = env["MALLOC_TRIM_THRESHOLD_"] = "65536"
        out = self.folder.parent / "out.json"
        program = ["Rscript", "--vanilla", HERE / f"{script}.R"] if language == "R" else [packages.PYTHON, HERE / f"{script}.py"]
        command = [str(word) for word in (*program, folder or self.folder, out, *what)]
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: {language} {' '.join(map(str, what))} failed with status {done.returncode}:\n{done.stderr[-3000:]}")
        result = json.loads(out.read_text())
        self.versions.update(result.pop("version"))
        return result

    def section(self, title, text=""):
        """A new table."""
        self.sections.append((title, text, []))
        print(f"\n{title}" + (f": {text}" if text else ""), flush=True)

    def say(self, *cells):
        cells = (*cells, *[""] * (len(WIDTHS) - len(cells)))
        self.sections[-1][2].append(cells)
        print("  ".join(str(cell).ljust(width) for cell, width in zip(cells, WIDTHS)).rstrip(), flush=True)

    def check(self, what, deviance, expected, allowed=1e-10):
        if not abs(deviance / expected - 1) <= allowed:
            sys.exit(f"bench: {what}: deviance {deviance!r}, expected {expected!r}; no time is printed")

    def bar(self, value, bar, good):
        if not good:
            self.missed.append(f"{value} (bar {bar})")
        return f"{bar}: {'met' if good else 'MISSED'}"

    def compare(self, what, ours, theirs, their_name, bar=None, fact=None):
        """A line with the medians and their ratio."""
        ours, theirs = statistics.median(ours), statistics.median(theirs)
        ratio = theirs / ours
        judged = self.bar(f"{what}, {their_name}: {ratio:.2f} times", f"at least {bar:g}", ratio >= bar) if bar else ""
        self.say(what, f"deciban {show(ours)}", f"{their_name} {show(theirs)}", f"{ratio:.1f} times" if ratio >= 2 else f"{ratio:.2f} times", judged)
        if fact:
            self.facts[fact] = ratio

    def absent(self, what, name, reason, bar=None):
        """A line for a peer without a time. A bar that it belongs to is not met."""
        self.say(what, "", name, reason, self.bar(f"{what}, {name}: {reason}", f"at least {bar:g}", False) if bar else "")

    def memory(self, what, name, extra, rows, bar=None):
        per_row = extra / rows
        judged = self.bar(f"{what}: {per_row:.0f} bytes per row", f"below {bar:g}", per_row < bar) if bar else ""
        self.say(what, f"{name} {extra / 2**20:.0f} MiB", "", f"{per_row:.0f} bytes/row", judged)


def show(seconds):
    return f"{seconds:.3f} s" if seconds >= 0.1 else f"{1000 * seconds:.2f} ms"


def install_peers(peers):
    """Peers live in a folder of their own, which only the measuring processes see."""
    folder = ROOT / "build" / "bench" / "-".join(sorted(peers))
    if not folder.is_dir():
        print(f"bench: installing {', '.join(peers)}", flush=True)
        command = [packages.PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", f"{folder}.part", *peers]
        if subprocess.run(command).returncode != 0:
            sys.exit("bench: the peers could not be installed")
        Path(f"{folder}.part").rename(folder)
    return folder


def machine():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model or platform.machine()}, {os.cpu_count()} processors, {memory:.0f} GiB, {platform.system()}"


def busy(load):
    """A remark on what else the machine did, or nothing."""
    if load < 0.5:
        return ""
    return f"The machine was busy (load {load:.1f} before the start): ratios of threads mean little, the others are noisy."


def tables(bench, command, level):
    """The circumstances and all tables, as Markdown."""
    versions = ", ".join(f"{name} {value}".replace("R R version", "R") for name, value in bench.versions.items())
    lines = [f"Written by `{command}` on {datetime.date.today()}.", "",
             f"- Machine: {machine()}. {busy(bench.load)}".rstrip(), f"- Versions: {versions}"]
    lines += [f"- Bars: {'all met' if not bench.missed else f'{len(bench.missed)} missed'}"]
    for title, text, cells in bench.sections:
        lines += ["", f"{'#' * level} {title}", "", *([text, ""] if text else []),
                  "| what | deciban | other | ratio or size | bar |", "|---|---|---|---|---|"]
        lines += ["| " + " | ".join(map(str, row)) + " |" for row in cells]
    return "\n".join(lines) + "\n"


def readme_sentence(facts):
    """The ratios for the README, from those that this run has."""
    words = {"glum": "glum", "rustystats": "RustyStats", "glm": "R's `glm`", "statsmodels": "statsmodels"}
    parts = [f"{facts[peer]:.0f} times as fast as {name}" for peer, name in words.items() if peer in facts]
    text = f"On {facts['data']} (678,013 policies, 43 coefficients), from a data frame to standard errors, a fit is {', '.join(parts)}"
    if "tariff" in facts:
        text += f"; the solve alone on a tariff of {problems.coefficients('tariff')} coefficients {facts['tariff']:.0f} times as fast as glum's"
    if "bytes" in facts:
        text += f", and the whole call there takes {facts['bytes']:.0f} bytes per row"
    return textwrap.fill(f"{text} ([measured](vignettes/performance.md), two threads).", 116, initial_indent="  ",
                         subsequent_indent="  ", break_on_hyphens=False)


def between(text, marker, new):
    """The text with what stands between <!-- marker --> and <!-- /marker --> replaced."""
    pattern = rf"(<!-- {marker} -->\n).*?( *<!-- /{marker} -->)"
    if not re.search(pattern, text, re.DOTALL):
        sys.exit(f"bench: no place for {marker}")
    return re.sub(pattern, lambda found: f"{found[1]}{new}{found[2]}", text, flags=re.DOTALL)


def write(bench, command):
    """results.md below build/bench; with --record also here, vignettes/performance.md and the README's sentence."""
    text = f"# Benchmarks\n\nWhat the lines mean stands in `vignettes/performance.md`.\n{tables(bench, command, 2)}"
    written = {ROOT / "build" / "bench" / "results.md": text}
    if bench.options.record:
        page = ROOT / "vignettes" / "performance.md"
        readme = ROOT / "README.md"
        written[HERE / "results.md"] = text
        written[page] = between(page.read_text(encoding="utf-8"), "tables", tables(bench, command, 3))
        if bench.facts:
            written[readme] = between(readme.read_text(encoding="utf-8"), "ratios", readme_sentence(bench.facts) + "\n")
    for target, content in written.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
        print(f"bench: written to {target}")
