"""Counts the instructions of one pass of deciban_instructions under callgrind and compares with instructions.json.

    python tests/bench/instructions.py PROGRAM [--renew]

Ends with a line `N passed, N failed`. A count does not depend on the load or the clock of the machine. It does depend a
little on the compiler and on the C library, hence a tolerance of 5 %; what the engine would lose by an accident (a loop that is
no longer vectorised or unrolled, a copy of the rows) is far more. With another major version of the compiler than the one
of the record, 25 % are allowed. A count that fell by more than 10 % asks to be recorded, or later losses would hide in it.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

RECORD = Path(__file__).with_suffix(".json")
ISAS = ("baseline", "avx2")
MORE, MORE_OTHER_COMPILER, LESS = 1.05, 1.25, 0.90


def count(program, isa):
    """Instructions of the counted pass, and the deviance that it printed."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", "--toggle-collect=deciban_counted_pass", program]
        done = subprocess.run(command, env={**os.environ, "DECIBAN_ISA": isa}, capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found or not int(found[1]):
        sys.exit(f"callgrind counted nothing for {isa}:\n{done.stderr[-2000:]}")
    return int(found[1]), done.stdout.strip()


def compiler():
    return subprocess.run(["c++", "-dumpfullversion"], capture_output=True, text=True).stdout.strip()


def has(isa):
    return isa == "baseline" or f" {isa} " in Path("/proc/cpuinfo").read_text()


def judge(isa, instructions, recorded, more):
    """A line on a count, and whether it passes."""
    ratio = instructions / recorded
    line = f"{isa}: {instructions:,} instructions, {100 * (ratio - 1):+.1f} % of the recorded {recorded:,}"
    if ratio > more:
        return f"FAILED {line}: more than {100 * (more - 1):.0f} % above; find out why, or record it with --renew", False
    if ratio < LESS:
        return f"FAILED {line}: record the gain with --renew", False
    return line, True


def main():
    program, renew = sys.argv[1], "--renew" in sys.argv[2:]
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    version = compiler()
    same = version.split(".")[0] == record.get("compiler", "").split(".")[0]
    found = {isa: count(program, isa) for isa in ISAS if has(isa)}
    if renew:
        RECORD.write_text(json.dumps({"compiler": version, **{isa: instructions for isa, (instructions, _) in found.items()}}, indent=1) + "\n")
        print(f"written to {RECORD}")
        return 0
    results = [judge(isa, instructions, record[isa], MORE if same else MORE_OTHER_COMPILER) for isa, (instructions, _) in found.items()]
    results.append((f"deviance {' '.join(sorted({deviance for _, deviance in found.values()}))}", len({d for _, d in found.values()}) == 1))
    print(*(line for line, _ in results), sep="\n")
    failed = sum(not good for _, good in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
