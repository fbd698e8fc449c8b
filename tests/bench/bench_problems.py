"""The part of tests/bench/run on the five problems of problems.py, at 678,013 and 5,000,000 rows."""

import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import problems
from results import PEER_GAP, ROOT, show

SOLVE_BARS = {"narrow": 20.0, "intermediate": 15.0, "tariff": 15.0, "wide": 8.0, "dense": 4.0}  # against glum
MEMORY_BAR, THREADS_BAR, CHUNKS_BAR = 80.0, 1.7, 1.5
# Copies of a dense design matrix that a whole call takes at its peak (measured on freMTPL2, rounded up), and seconds per
# row and squared coefficient. Not listed: peers that keep the factors sparse.
DENSE_COPIES = {"statsmodels": 14, "glm": 7, "rustystats": 4}
SECONDS = {"statsmodels": 1.1e-8, "glm": 8e-9}
PATIENCE, LARGE_PATIENCE = 120.0, 30.0  # seconds: a peer that would take longer is left out


def build_program():
    """deciban_bench: the pure solve."""
    folder = ROOT / "build" / "bench" / "cpp"
    configure = ["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DDECIBAN_BENCH=ON", "-DDECIBAN_TESTS=OFF"]
    for command in (configure, ["cmake", "--build", folder, "--target", "deciban_bench", "-j", str(os.cpu_count())]):
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: deciban_bench could not be built:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
    return folder / "tests" / "bench" / "deciban_bench"


def available_bytes():
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))


def left_out(peer, rows, p):
    """Why a peer is not asked, or nothing."""
    needed, available = rows * p * 8 * DENSE_COPIES.get(peer, 0), 0.7 * available_bytes()
    if needed > available:
        return f"left out: needs about {needed / 2**30:.0f} GiB of {available / 2**30:.0f}"
    seconds = rows * p * p * SECONDS.get(peer, 0.0)
    patience = LARGE_PATIENCE if rows > problems.ROWS else PATIENCE
    return f"left out: takes about {seconds / 60:.1f} min" if seconds > patience else ""


def middle(times, name):
    return statistics.median(times[name])


def measure_problem(bench, name, rows, folder, program):
    quick, large = bench.options.quick, rows > problems.ROWS
    problems.write(name, rows, folder)
    p = problems.coefficients(name)
    reasons = {peer: left_out(peer, rows, p) for peer in [*bench.fit_peers, "glm"]}
    asked = [peer for peer in bench.fit_peers if not reasons[peer]]
    found = bench.run("Python", "steps", 1 if quick or large else 3, ",".join(asked), program, folder=folder, script="measure_problems")
    ours, peers = found["deciban"], found["peers"]
    if not found["spread"] <= 1e-10:
        sys.exit(f"bench: {name}: deciban's deviances differ by {found['spread']:.1e}; no time is printed")

    passes = f"pass {show(middle(ours, 'pass'))}, learn {show(middle(ours, 'learn'))}"
    bench.say(f"{name}, solve = construct + Newton", f"deciban {show(middle(ours, 'pure'))}", passes)
    for threads, bar in (("pure", THREADS_BAR), ("whole", None)):
        bar = bar if name == "tariff" and not large else None
        what = f"{name}, {'solve' if threads == 'pure' else 'whole call'}, 2 threads against 1"
        bench.compare(what, ours[threads], ours[f"{threads}_1"], "1 thread", bar)

    solve_bar = None if large else SOLVE_BARS[name]
    if not large and "glum" not in asked:
        bench.absent(f"{name}, solve", "glum", "skipped" if "glum" not in bench.fit_peers else reasons["glum"], solve_bar)
    for peer, result in peers.items():
        bar = solve_bar if peer == "glum" else None
        times, gap = result["times"], result["gap"]
        if result["error"] or not gap <= PEER_GAP:
            bench.absent(f"{name}, solve", peer, result["error"] or f"gap {gap:.1e}", bar)
            continue
        if "solve" in times:
            bench.compare(f"{name}, encode", ours["encode"], times["encode"], peer)
            bench.compare(f"{name}, solve", ours["pure"], times["solve"], peer, bar, "tariff" if bar and name == "tariff" else None)
            bench.compare(f"{name}, fit_glm on coded data against solve", ours["fit"], times["solve"], peer)
        if peer != "scikit-learn lbfgs":
            bench.compare(f"{name}, whole call", ours["whole"], times["whole"], peer)
    for peer in bench.fit_peers:
        if reasons[peer]:
            bench.absent(f"{name}, whole call", peer, reasons[peer])
    if reasons["glm"]:
        bench.absent(f"{name}, whole call in R", "glm", reasons["glm"])
    elif not quick:
        found_r = bench.run("R", "times", 1, folder=folder)
        bench.check(f"R, fit_glm, {name}", found_r["deviance"], found["deviance"])
        bench.check(f"R, glm, {name}", found_r["glm_deviance"], found["deviance"], PEER_GAP)
        glm = found_r["glm"]
        bench.compare(f"{name}, whole call in R", found_r["deciban"], glm if isinstance(glm, list) else [glm], "glm")

    if name == "tariff":
        measure_tariff(bench, rows, folder, found["deviance"])
    shutil.rmtree(folder)


def measure_tariff(bench, rows, folder, expected):
    """Memory, chunks, a second fit."""
    large = rows > problems.ROWS
    names = ["deciban"] + [peer for peer in bench.fit_peers if not (bench.options.quick or large or left_out(peer, rows, problems.coefficients("tariff")))]
    for language, name in [("Python", name) for name in names] + ([] if large else [("R", "deciban")]):
        found = bench.run(language, "memory", name, folder=folder)
        bench.check(f"{name}, tariff", found["deviance"], expected, PEER_GAP)
        bar = MEMORY_BAR if name == "deciban" else None
        bench.memory(f"tariff, peak extra memory of the whole call, {language}", name, found["extra"], rows, bar)
        if name == "deciban" and language == "Python" and not large:
            bench.facts["bytes"] = found["extra"] / rows

    found = bench.run("Python", "chunks", 3 if bench.options.quick or large else 7, folder=folder, script="measure_problems")
    if found["spread"] != 0:
        sys.exit("bench: fits from chunks differ from the fit in memory; no time is printed")
    times = found["times"]
    for what, name, bar in (("65,537", "chunks", None if large else CHUNKS_BAR), ("1,000", "small_chunks", None)):
        memory, chunks = middle(times, "memory"), middle(times, name)
        ratio = chunks / memory
        judged = bench.bar(f"tariff, batches of {what} rows: {ratio:.2f} times", f"at most {bar:g}", ratio <= bar) if bar else ""
        bench.say(f"tariff, pyarrow table in batches of {what} rows", f"in memory {show(memory)}", f"batches {show(chunks)}",
                  f"{ratio:.2f} times as long", judged)
    bench.compare("tariff, second fit on a dataset with one term more", times["second"], times["frame"], "whole call")


def measure_problems(bench, rows):
    if not bench.program:
        bench.program = build_program()
    text = f"Poisson with log link, {rows:,} rows. Coefficients: "
    text += ", ".join(f"{name} {problems.coefficients(name)}" for name in problems.PROBLEMS)
    bench.section(f"The five problems at {rows:,} rows", text)
    for name in ["tariff"] if bench.options.quick else problems.PROBLEMS:
        measure_problem(bench, name, rows, bench.folder.parent / name, bench.program)
