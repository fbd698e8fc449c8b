"""The work of tests/bench/run (its text is there)."""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools" / "demo_files"))
import packages
import portfolio as data
import problems
from bench_problems import measure_problems
from results import PEER_GAP, Bench, busy, write

ROOT = packages.ROOT
FORMULA = "ClaimNb ~ Area + VehBrand + VehGas + Region + VehPower + VehAge + DrivAge + BonusMalus + log(Density)"
DESIGN = "~ bs(DrivAge, df = 6) * VehGas + ns(log(Density), 4) + Area:VehBrand"
COLUMNS = "ClaimNb Exposure Area VehBrand VehGas Region VehPower VehAge DrivAge BonusMalus Density".split()
DEVIANCE, ROWS, COEFFICIENTS = 217286.76665286822, 678013, 43
SYNTHETIC = ("claim_count ~ area + vehicle_brand + vehicle_gas + region + vehicle_power + vehicle_age + driver_age + bonus_malus + "
             "log(density)", "claim_count exposure area vehicle_brand vehicle_gas region vehicle_power vehicle_age driver_age "
             "bonus_malus density".split(), "~ bs(driver_age, df = 6) * vehicle_gas + ns(log(density), 4) + area:vehicle_brand")
PEERS = ("statsmodels", "glum", "scikit-learn", "rustystats")
DESIGN_PEERS = ("formulaic", "patsy")
EVIDENCE_PEERS = ("fastwoe", "optbinning")
PARTS = ("design", "fremtpl2", "problems")
ENCODER_PEERS = ("category_encoders",)
MORE_PARTS = ("evidence", "encoders")  # on request only, and in no record
GLM_BAR, MEMORY_BAR = 60.0, 300.0
PEER_BARS = {"glum": 10.0, "rustystats": 15.0, "statsmodels": 100.0}
SMALL_BARS = {"glm": 1.0, "statsmodels": 5.0}
DESIGN_BAR, TEXT_BAR, DESIGN_MEMORY_BAR = 40.0, 15.0, 40.0
DESIGN_COLUMNS = 84
WOE_BARS, METHODS_BAR, OPTIMAL_BAR, EVIDENCE_MEMORY_BAR = {"strings": 50.0, "categories": 100.0}, 15.0, 10.0, 2.0
ENCODER_BARS = [  # deciban, the peer, how many times as fast
    ("strings ordered", "rustystats strings", 8.0),
    ("strings kfold", "scikit-learn strings", 5.0),
    ("strings kfold", "category_encoders strings", 15.0),
    ("codes ordered", "category_encoders codes", 5.0),
    ("codes kfold", "scikit-learn codes", 10.0),
]


def prepare(folder):
    """The portfolio as raw columns; the deviance that every fit must have, or None where it is not known."""
    path = Path(os.environ.get("DECIBAN_DATA") or ROOT.parent / "shared" / "data") / "freMTPL2freq.csv.gz"
    if path.is_file():
        formula, columns, design, exposure, expected = FORMULA, COLUMNS, DESIGN, "Exposure", DEVIANCE
        source = data.read(path)
    else:
        import deciban

        table = deciban.simulate_portfolio(ROWS, seed=1, frame="pyarrow")
        source = data.Portfolio("synthetic portfolio", dict(zip(table.column_names, table.columns)))
        (formula, columns, design), exposure, expected = SYNTHETIC, "exposure", None
    data.write(source, columns, folder)
    (folder / "plan.json").write_text(json.dumps({"formula": formula, "exposure": exposure, "design": design}))
    return source, formula, design, expected


def measure(bench, rows, expected):
    options = bench.options
    rounds = 1 if options.quick else 3
    found = bench.run("R", "times", rounds)
    expected = expected or found["glm_deviance"]
    if found["coefficients"] != COEFFICIENTS:
        sys.exit(f"bench: {found['coefficients']} coefficients, expected {COEFFICIENTS}")
    bench.check("R, fit_glm", found["deviance"], expected)
    bench.check("R, glm", found["glm_deviance"], expected, PEER_GAP)
    bench.compare("R, whole call", found["deciban"], as_list(found["glm"]), "glm", GLM_BAR, "glm")
    bench.compare("R, 2 threads against 1", found["deciban"], found["deciban_1_thread"], "1 thread")

    # statsmodels takes long: a process of its own, with one round
    for peers in ([peer for peer in bench.fit_peers if peer != "statsmodels"], [peer for peer in bench.fit_peers if peer == "statsmodels"]):
        if not peers and bench.fit_peers:
            continue
        found = bench.run("Python", "times", 1 if peers == ["statsmodels"] else rounds, ",".join(peers))
        bench.check("Python, fit_glm", found["deviance"], expected)
        if peers != ["statsmodels"]:
            bench.compare("Python, 2 threads against 1", found["deciban"], found["deciban_1_thread"], "1 thread")
        for peer in peers:
            if found[f"{peer}_gap"] <= PEER_GAP:
                bench.compare("Python, whole call", found["deciban"], found[peer], peer, PEER_BARS.get(peer), peer)
            else:
                bench.absent("Python, whole call", peer, f"gap {found[f'{peer}_gap']:.1e}", PEER_BARS.get(peer))
    for peer, bar in PEER_BARS.items():
        if peer not in bench.fit_peers:
            bench.absent("Python, whole call", peer, "skipped", bar)

    what = [("R", "deciban", MEMORY_BAR), ("Python", "deciban", MEMORY_BAR)]
    what += [] if options.quick else [("R", "glm", None)] + [("Python", peer, None) for peer in bench.fit_peers]
    for language, name, bar in what:
        found = bench.run(language, "memory", name)
        bench.check(f"{language}, {name}", found["deviance"], expected, PEER_GAP)
        bench.memory(f"{language}, peak extra memory of the whole call", name, found["extra"], rows, bar)

    found = bench.run("R", "small", 5 if options.quick else 100)
    bench.check("R, small data", found["deviance"], found["glm_deviance"], PEER_GAP)
    bench.compare("R, 1,000 rows, 5 coefficients", found["deciban"], found["glm"], "glm", SMALL_BARS["glm"])
    # only the peer that works on one thread: the others' thread pools spin on a busy machine
    if "statsmodels" in bench.fit_peers:
        found = bench.run("Python", "small", 5 if options.quick else 100, "statsmodels")
        bench.check("Python, small data, gap of statsmodels", 1 + found["statsmodels_gap"], 1.0, PEER_GAP)
        bench.compare("Python, 1,000 rows, 5 coefficients", found["deciban"], found["statsmodels"], "statsmodels", SMALL_BARS["statsmodels"])
    else:
        bench.absent("Python, 1,000 rows, 5 coefficients", "statsmodels", "skipped", SMALL_BARS["statsmodels"])


def measure_design(bench, rows):
    """Learning the coded design: formula and data frame to codes, dictionaries and values."""
    options = bench.options
    rounds = 1 if options.quick else 3
    found = bench.run("R", "design", rounds)
    if found["columns"] != DESIGN_COLUMNS or not found["gap"] < PEER_GAP:
        sys.exit(f"bench: R, design: {found['columns']} columns, sums differ by {found['gap']:.1e}; no time is printed")
    theirs = "model.frame + model.matrix"
    bench.compare("R, design from factors", found["deciban"], as_list(found["model.matrix"]), theirs, DESIGN_BAR)
    bench.compare("R, design, 2 threads against 1", found["deciban"], found["deciban_1_thread"], "1 thread")
    peers = [peer for peer in options.peers if peer in DESIGN_PEERS]
    if peers:
        found = bench.run("Python", "design", rounds, ",".join(peers))
        if not found["gap"] < PEER_GAP:
            sys.exit(f"bench: Python, design: sums of spline columns differ by {found['gap']:.1e}; no time is printed")
        for kind in ("str", "object"):
            for peer in peers:
                bench.compare(f"Python, design from {kind} columns", found[kind]["deciban"], found[kind][peer], peer, TEXT_BAR)

    what = [("R", "deciban", "factors", True), ("Python", "deciban/category", "categories", True), ("Python", "deciban", "str", True)]
    what += [] if options.quick else [("R", "model.matrix", "factors", False)] + [("Python", peer, "str", False) for peer in peers]
    for language, name, start, ours in what:
        per_row = bench.run(language, "design_memory", name)["extra"] / rows
        size = f"{name.partition('/')[0]} {per_row * rows / 2**20:.0f} MiB"
        judged = ours and bench.bar(f"{language} design memory from {start}: {per_row:.0f} bytes per row",
                                    f"below {DESIGN_MEMORY_BAR:g}", per_row < DESIGN_MEMORY_BAR)
        bench.say(f"{language}, peak extra memory of the design from {start}", size, "", f"{per_row:.0f} bytes/row", judged or "")
    held = bench.run("Python", "design_held", "deciban")["held"]
    bench.say("what the design holds", f"deciban {held / 2**20:.0f} MiB", "", f"{held / rows:.1f} bytes/row")


def measure_evidence(bench):
    """Weights of evidence beside fastwoe, bins beside fastwoe and optbinning."""
    rounds = 1 if bench.options.quick else 5
    chosen = ",".join(peer for peer in bench.options.peers if peer in EVIDENCE_PEERS)
    run = lambda *what: bench.run("Python", *what, script="measure_woe")  # noqa: E731
    found = run("woe", rounds, chosen)
    for kind, bar in WOE_BARS.items():
        what = f"WOE, 700,000 rows, 1 factor from {kind}"
        if "fastwoe" in found[kind]:
            bench.compare(what, found[kind]["deciban"], found[kind]["fastwoe"], "fastwoe", bar)
        else:
            bench.absent(what, "fastwoe", "skipped", bar)
    found, what = run("optimal", rounds, chosen), "optimal bins, 20 numbers, 100,000 rows"
    if "optbinning" in found["seconds"]:
        bench.compare(what, found["seconds"]["deciban"], found["seconds"]["optbinning"], "BinningProcess", OPTIMAL_BAR)
        gains = [ours - theirs for ours, theirs in zip(found["iv"]["deciban"], found["iv"]["optbinning"])]
        judged = bench.bar(f"information value, lowest gain {min(gains):.2g}", "at least as high in all", min(gains) >= -1e-12)
        bench.say("information value of the 20", f"deciban {sum(found['iv']['deciban']):.4f}",
                  f"optbinning {sum(found['iv']['optbinning']):.4f}", f"lowest gain {min(gains):.2g}", judged)
    else:
        bench.absent(what, "optbinning", "skipped", OPTIMAL_BAR)
    for method, times in run("methods", rounds, chosen).items():
        what = f"{method} bins, 4 numbers, 100,000 rows"
        if "fastwoe" in times:
            bench.compare(what, times["deciban"], times["fastwoe"], "fastwoe", METHODS_BAR)
        else:
            bench.absent(what, "fastwoe", "skipped", METHODS_BAR)
    for kind in ("categories", "strings", "numbers"):
        found = run("woe_memory", kind)
        per_value = (found["extra"] - found["result"]) / found["values"]
        judged = bench.bar(f"memory from {kind}: {per_value:.1f} bytes per value", f"below {EVIDENCE_MEMORY_BAR:g}", per_value < EVIDENCE_MEMORY_BAR)
        bench.say(f"peak extra memory from {kind}, without the result", f"{found['extra'] / 2**20:.1f} MiB in all", "",
                  f"{per_value:.1f} bytes/value", judged)


def measure_encoders(bench):
    """Target encoding beside RustyStats, scikit-learn and category_encoders."""
    known = ("rustystats", "scikit-learn", *ENCODER_PEERS)
    chosen = [peer for peer in bench.options.peers if peer in known]
    found = bench.run("Python", str(1 if bench.options.quick else 7), ",".join(chosen), script="measure_encoders")
    for ours, theirs, bar in ENCODER_BARS:
        peer = theirs.split(" ")[0]
        what = f"target encoding, 1,000,000 rows, {ours}"
        if peer in chosen:
            bench.compare(what, found[f"deciban {ours}"], found[theirs], peer, bar)
        else:
            bench.absent(what, peer, "skipped", bar)


def as_list(value):
    return value if isinstance(value, list) else [value]


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run", add_help=False)
    parser.add_argument("--with", dest="peers", default="", metavar="PEERS")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--only", default=",".join(PARTS), metavar="PARTS")
    options = parser.parse_args()
    options.peers = [peer for peer in options.peers.replace("sklearn", "scikit-learn").lower().split(",") if peer]
    options.fit_peers = [peer for peer in PEERS if peer in options.peers]
    parts = options.only.split(",")
    if unknown := set(options.peers) - set(known := PEERS + DESIGN_PEERS + EVIDENCE_PEERS + ENCODER_PEERS):
        parser.error(f"no peer {', '.join(unknown)}; there are {', '.join(known)}")
    if unknown := set(parts) - {*PARTS, *MORE_PARTS}:
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS + MORE_PARTS)}")
    if options.record and (options.quick or set(parts) != set(PARTS)):
        parser.error("--record takes all parts, and not --quick")
    load = os.getloadavg()[0]  # before the builds, which are a load themselves
    packages.install(packages.say_line("bench"))
    start = time.monotonic()
    command = " ".join(["tests/bench/run", *sys.argv[1:]])
    with tempfile.TemporaryDirectory(prefix="deciban-bench-") as folder:
        folder = Path(folder) / "data"
        bench = Bench(options, folder, load)
        if busy(bench.load):
            print(f"bench: {busy(bench.load)}", flush=True)
        if {"design", "fremtpl2"} & set(parts):
            source, formula, design, expected = prepare(folder)
        if "fremtpl2" in parts:
            bench.section(f"{source.source}, {source.rows:,} rows", f"`{formula}`, Poisson, exposure; {COEFFICIENTS} coefficients")
            bench.facts["data"] = "freMTPL2" if expected else "a synthetic portfolio"
            measure(bench, source.rows, expected)
        if "problems" in parts:
            measure_problems(bench, problems.ROWS)
            if options.large:
                measure_problems(bench, problems.LARGE_ROWS)
        if "design" in parts:
            bench.section("Learning a design", f"`{design}` on {source.source}; formulaic and patsy have no ns() and get `cr(np.log(Density), df=4)`")
            measure_design(bench, source.rows)
        if "evidence" in parts:
            bench.section("Weight of evidence and bins", "simulated rows; two threads")
            measure_evidence(bench)
        if "encoders" in parts:
            bench.section("Target encoding", "fit and training values; 10,000 levels, two threads, four permutations (CatBoostEncoder: one)")
            measure_encoders(bench)
    print(f"\nbench: took {(time.monotonic() - start) / 60:.0f} minutes")
    write(bench, command)
    print(*(f"bench: missed: {what}" for what in bench.missed), sep="\n", end="\n" if bench.missed else "")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
