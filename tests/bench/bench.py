"""The work of tests/bench/run (its text is there)."""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tools" / "demo_files"))
import packages
import portfolio as data

FORMULA = "ClaimNb ~ Area + VehBrand + VehGas + Region + VehPower + VehAge + DrivAge + BonusMalus + log(Density)"
DESIGN = "~ bs(DrivAge, df = 6) * VehGas + ns(log(Density), 4) + Area:VehBrand"
COLUMNS = "ClaimNb Exposure Area VehBrand VehGas Region VehPower VehAge DrivAge BonusMalus Density".split()
DEVIANCE, ROWS, COEFFICIENTS = 217286.76665286822, 678013, 43
SYNTHETIC = ("claim_count ~ area + vehicle_brand + vehicle_gas + region + vehicle_power + vehicle_age + driver_age + bonus_malus + "
             "log(density)", "claim_count exposure area vehicle_brand vehicle_gas region vehicle_power vehicle_age driver_age "
             "bonus_malus density".split(), "~ bs(driver_age, df = 6) * vehicle_gas + ns(log(density), 4) + area:vehicle_brand")
PEERS = ("statsmodels", "glum", "scikit-learn")
DESIGN_PEERS = ("formulaic", "patsy")
GLM_BAR, MEMORY_BAR = 8.0, 300.0
DESIGN_BAR, TEXT_BAR, DESIGN_MEMORY_BAR = 40.0, 15.0, 40.0
DESIGN_COLUMNS = 84
PEER_GAP = 1e-8  # relative, of the deviance


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder, self.lines, self.missed, self.versions = options, folder, [], [], {}
        self.env = {**packages.environment(), "PYTHONDONTWRITEBYTECODE": "1"}
        self.load = os.getloadavg()[0]
        if options.peers:
            self.env["PYTHONPATH"] = str(install_peers(options.peers))

    def run(self, language, *what):
        """One measuring process; its result."""
        env = dict(self.env)
        if what[0].endswith("memory"):  # freed memory goes back to the system at once, so that none of it is used again unseen
            env["MALLOC_MMAP_THRESHOLD_"] = env["MALLOC_TRIM_THRESHOLD_"] = "65536"
        out = self.folder / "out.json"
        program = ["Rscript", "--vanilla", HERE / "measure.R"] if language == "R" else [packages.PYTHON, HERE / "measure.py"]
        done = subprocess.run([str(word) for word in (*program, self.folder, out, *what)], env=env, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: {language} {' '.join(map(str, what))} failed:\n{done.stderr[-3000:]}")
        result = json.loads(out.read_text())
        self.versions.update(result.pop("version"))
        return result

    def check(self, what, deviance, expected, allowed=1e-10):
        if not abs(deviance / expected - 1) <= allowed:
            sys.exit(f"bench: {what}: deviance {deviance!r}, expected {expected!r}; no time is printed")

    def say(self, *cells):
        self.lines.append(cells)
        print("  ".join(str(cell).ljust(width) for cell, width in zip(cells, (44, 22, 22, 12, 20))).rstrip(), flush=True)

    def bar(self, value, bar, good):
        if not good:
            self.missed.append(f"{value} (bar {bar})")
        return f"{bar}: {'met' if good else 'MISSED'}"

    def compare(self, what, ours, theirs, their_name, bar=None):
        """A line with the medians and their ratio."""
        ours, theirs = statistics.median(ours), statistics.median(theirs)
        ratio = theirs / ours
        judged = self.bar(f"{what}: {ratio:.2f} times", f"at least {bar:g}", ratio >= bar) if bar else ""
        self.say(what, f"deciban {show(ours)}", f"{their_name} {show(theirs)}", f"{ratio:.1f} times", judged)


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
    bench.compare("R, whole call", found["deciban"], as_list(found["glm"]), "glm", GLM_BAR)
    bench.compare("R, 2 threads against 1", found["deciban"], found["deciban_1_thread"], "1 thread")

    fit_peers = [peer for peer in options.peers if peer in PEERS]
    peers = ",".join(fit_peers)
    found = bench.run("Python", "times", 1 if options.quick or "statsmodels" in peers else rounds, peers)
    bench.check("Python, fit_glm", found["deviance"], expected)
    bench.compare("Python, 2 threads against 1", found["deciban"], found["deciban_1_thread"], "1 thread")
    for peer in fit_peers:
        bench.check(f"Python, {peer}", found[f"{peer}_deviance"], expected, PEER_GAP)
        bench.compare("Python, whole call", found["deciban"], found[peer], peer)

    what = [("R", "deciban", MEMORY_BAR), ("Python", "deciban", MEMORY_BAR)]
    what += [] if options.quick else [("R", "glm", None)] + [("Python", peer, None) for peer in fit_peers]
    for language, name, bar in what:
        found = bench.run(language, "memory", name)
        bench.check(f"{language}, {name}", found["deviance"], expected, PEER_GAP)
        per_row = found["extra"] / rows
        judged = bench.bar(f"{language} memory: {per_row:.0f} bytes per row", f"below {bar:g}", per_row < bar) if bar else ""
        bench.say(f"{language}, peak extra memory of the whole call", f"{name} {found['extra'] / 2**20:.0f} MiB", "",
                  f"{per_row:.0f} bytes/row", judged)

    found = bench.run("R", "small", 5 if options.quick else 100)
    bench.check("R, small data", found["deviance"], found["glm_deviance"], PEER_GAP)
    bench.compare("R, 1,000 rows, 5 coefficients", found["deciban"], found["glm"], "glm", 1.0)
    # only the peer that works on one thread: the others' thread pools spin on a busy machine
    peers = [peer for peer in fit_peers if peer == "statsmodels"]
    found = bench.run("Python", "small", 5 if options.quick else 100, ",".join(peers))
    for peer in peers:
        bench.check(f"Python, small data, {peer}", found[f"{peer}_deviance"], found["deviance"], PEER_GAP)
        bench.compare("Python, 1,000 rows, 5 coefficients", found["deciban"], found[peer], peer)


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


def as_list(value):
    return value if isinstance(value, list) else [value]


def machine():
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    return f"{model or platform.machine()}, {os.cpu_count()} processors, {platform.system()}"


def busy(load):
    """A remark on what else the machine did, or nothing."""
    if load < 0.5:
        return ""
    return f"The machine was busy (load {load:.1f} before the start): ratios of threads mean little, the others are noisy."


def record(bench, title, design, command):
    versions = ", ".join(f"{name} {value}".replace("R R version", "R") for name, value in bench.versions.items())
    lines = ["# Benchmarks", "", f"Written by `{command}` on {datetime.date.today()}. Ratios hold within one run; times depend on the machine and on",
             "what else it does. Medians; a whole call goes from a data frame with factors to coefficients and covariance.", "",
             f"- Problem: {title}", f"- Design: `{design}`; formulaic and patsy have no ns() and get `cr(np.log(Density), df=4)`", f"- Machine: {machine()}. {busy(bench.load)}".rstrip(), f"- Versions: {versions}", "",
             "| what | deciban | other | ratio or size | bar |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(map(str, cells)) + " |" for cells in bench.lines]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run", add_help=False)
    parser.add_argument("--with", dest="peers", default="", metavar="PEERS")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    options.peers = [peer for peer in options.peers.replace("sklearn", "scikit-learn").split(",") if peer]
    if unknown := set(options.peers) - {*PEERS, *DESIGN_PEERS}:
        parser.error(f"no peer {', '.join(unknown)}; there are {', '.join(PEERS + DESIGN_PEERS)}")
    packages.install(packages.say_line("bench"))
    with tempfile.TemporaryDirectory(prefix="deciban-bench-") as folder:
        folder = Path(folder) / "data"
        source, formula, design, expected = prepare(folder)
        title = f"{source.source}, {source.rows:,} rows: `{formula}`, Poisson, exposure; {COEFFICIENTS} coefficients"
        print(f"bench: {title}", flush=True)
        bench = Bench(options, folder)
        if busy(bench.load):
            print(f"bench: {busy(bench.load)}", flush=True)
        measure_design(bench, source.rows)
        measure(bench, source.rows, expected)
    text = record(bench, title, design, " ".join(["tests/bench/run", *sys.argv[1:]]))
    (ROOT / "build" / "bench").mkdir(parents=True, exist_ok=True)
    for target in [ROOT / "build" / "bench" / "results.md"] + ([HERE / "results.md"] if options.record else []):
        target.write_text(text, encoding="utf-8")
        print(f"bench: written to {target}")
    print(*(f"bench: missed: {what}" for what in bench.missed), sep="\n", end="\n" if bench.missed else "")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
