"""measure_problems.py FOLDER OUT WHAT...: measurements on one of the five problems, in Python.

steps ROUNDS PEERS PROGRAM   seconds of encoding, solving and whole calls, deciban and the peers in turn; PROGRAM is
                             deciban_bench, whose pure solve takes its turn in the same rounds
chunks ROUNDS                seconds of fits from record batches, and of a second fit on coded data
"""

import json
import subprocess
import sys
from pathlib import Path

import deciban
from peers import GAP, PEERS, Problem, SklearnLbfgs, fit_deciban, read, seconds, time_steps, time_whole, versions

CHUNK, SMALL_CHUNK = 65_537, 1000  # rows


class PureSolve:
    """deciban_bench, which keeps the data and answers a number of threads with one measurement."""

    def __init__(self, program, folder):
        self.process = subprocess.Popen([program, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, threads):
        self.process.stdin.write(f"{threads}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"deciban_bench ended with status {self.process.wait()}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Times(dict):
    """Lists of seconds by name."""

    def add(self, name, elapsed):
        self.setdefault(name, []).append(elapsed)


def time_deciban(problem, solve, times):
    """All that is measured of ours, once; the deviances that were found."""
    deviances = []
    # In turn one thread first and two: what comes after a peer finds the caches as that left them.
    first_is_one = len(times.get("pure", [])) % 2 == 1
    for threads, mark in ((1, "_1"), (2, "")) if first_is_one else ((2, ""), (1, "_1")):
        answer = solve(threads)
        times.add(f"pure{mark}", answer["construct"] + answer["newton"])
        for name in ("learn", "pass"):
            times.add(f"{name}{mark}", answer[name])
        elapsed, deviance = seconds(fit_deciban, problem, threads)
        times.add(f"whole{mark}", elapsed)
        deviances += [answer["deviance"], deviance]
    elapsed, coded = seconds(deciban.dataset, problem.data, n_threads=2)
    times.add("encode", elapsed)
    elapsed, deviance = seconds(fit_deciban, problem, data=coded)
    times.add("fit", elapsed)
    return [*deviances, deviance]


def measure_steps(rounds, names, program, problem):
    solve, times, deviances = PureSolve(program, sys.argv[1]), Times(), []
    peers = {name: PEERS[name]() for name in names}
    if "scikit-learn" in peers and rounds > 1:
        peers["scikit-learn lbfgs"] = SklearnLbfgs()
    for peer in peers.values():
        peer.prepare(problem)
    found = {name: {"times": Times(), "gap": 0.0, "error": ""} for name in peers}
    for number in range(rounds):
        for _ in range(max(1, 3 - len(peers))):
            deviances += time_deciban(problem, solve, times)
        for name, peer in peers.items():
            done = found[name]
            if done["error"] or done["gap"] > GAP or (number and not peer.separates):  # hopeless, or slow: once is enough
                continue
            deviances += time_deciban(problem, solve, times)  # next to each peer: the machine's load comes and goes
            try:
                elapsed, gap = (time_steps if peer.separates else time_whole)(peer, problem, deviances[0])
            except Exception as error:  # out of memory, not converged: the others are still measured
                done["error"] = f"{type(error).__name__}: {str(error)[:100]}"
                continue
            for step, value in (elapsed if peer.separates else {"whole": elapsed}).items():
                done["times"].add(step, value)
            done["gap"] = max(done["gap"], gap)
    solve.close()
    spread = (max(deviances) - min(deviances)) / deviances[0]
    return {"deviance": deviances[0], "spread": spread, "deciban": times, "peers": found}


def measure_chunks(rounds, problem):
    import pyarrow as pa

    table = pa.Table.from_pandas(problem.data, preserve_index=False)
    sources = {"memory": table, "chunks": lambda: table.to_batches(CHUNK), "small_chunks": lambda: table.to_batches(SMALL_CHUNK)}
    coded = deciban.dataset(problem.data)
    fewer = f"{problem.response} ~ {' + '.join(problem.terms[1:])}"
    times, deviances = Times(), []
    for _ in range(rounds):
        for name, source in sources.items():
            elapsed, deviance = seconds(fit_deciban, problem, data=source)
            times.add(name, elapsed)
            deviances.append(deviance)
        times.add("frame", seconds(fit_deciban, problem)[0])
        fit_deciban(problem, data=coded, formula=fewer)
        times.add("second", seconds(fit_deciban, problem, data=coded)[0])
    return {"times": times, "spread": max(deviances) - min(deviances)}


folder, out, what, rounds, *rest = sys.argv[1:]
problem = Problem(*read(folder))
if what == "chunks":
    result = {**measure_chunks(int(rounds), problem), "version": versions(["pyarrow"])}
else:
    names = [name for name in rest[0].split(",") if name]
    result = {**measure_steps(int(rounds), names, rest[1], problem), "version": versions(names)}
Path(out).write_text(json.dumps(result))
