"""The stages of tools/test. Each builds or runs one thing, logs to build/test/logs and adds to one count."""

import argparse
import csv
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "test"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
WHEELS = VENV / "wheelhouse"
R_LIBRARY = OUT / "r" / "deciban.Rcheck"
SITE = OUT / "site"
SHARDS = 2  # processes that share the C++ tests
# a test skipped for a reason with this word needs the files of shared/data
NO_DATA = "DECIBAN_DATA"


class Failure(Exception):
    """A stage that cannot say how many tests passed."""


class Stage:
    """What a stage works with: its log, and its counts of tests (none counted: the stage is one check)."""

    def __init__(self, name):
        self.name, self.passed, self.failed, self.skipped = name, 0, 0, 0
        self.log = OUT / "logs" / f"{name}.log"
        self.log.write_text("")

    def say(self, text):
        with self.log.open("a") as log:
            log.write(text + "\n")

    def run(self, *command, cwd=ROOT, check=True, **env):
        command = [str(word) for word in command]
        self.say(f"$ {' '.join(command)}")
        with self.log.open("a") as log:
            done = subprocess.run(command, cwd=cwd, env={**os.environ, **env}, stdout=log, stderr=subprocess.STDOUT)
        if check and done.returncode != 0:
            raise Failure(f"exit status {done.returncode} of {command[0]}")
        return done.returncode

    def count(self, outcomes):
        """Adds tests given as (name, "passed" | "failed" | "skipped", message)."""
        for name, outcome, message in outcomes:
            if outcome == "skipped" and NO_DATA in message and os.environ.get("DECIBAN_DATA"):
                outcome, message = "failed", f"skipped although {os.environ['DECIBAN_DATA']} is there: {message}"
            if outcome == "passed":
                self.passed += 1
            elif outcome == "skipped":
                self.skipped += 1
                self.say(f"SKIPPED {name}: {message}")
            else:
                self.failed += 1
                self.say(f"FAILED {name}: {message}")

    def finish_suite(self, status, suite):
        """After a test run: its exit status must agree with what was counted, and the floor must be reached."""
        floor = floors()[suite]
        if self.passed + self.failed < floor:
            self.failed += 1
            self.say(f"FAILED: {self.passed} {suite} tests ran, tools/test_floors wants at least {floor}")
        if status != 0 and not self.failed:
            raise Failure(f"the {suite} tests ended with status {status}")


def floors():
    lines = (line.split("#")[0].split() for line in (ROOT / "tools" / "test_floors").read_text().splitlines())
    return {words[0]: int(words[1]) for words in lines if words}


def junit(path):
    """The outcomes in a JUnit file of GoogleTest or pytest."""
    if not path.exists():
        raise Failure(f"the tests wrote no {path.name}: they crashed or did not start")
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        bad = [e for tag in ("failure", "error") for e in case.findall(tag)]
        skipped = case.find("skipped")
        if bad:
            yield name, "failed", (bad[0].get("message") or bad[0].text or "")[:300]
        elif skipped is not None or case.get("result") == "skipped":
            yield name, "skipped", (skipped.get("message") or skipped.text or "") if skipped is not None else ""
        elif case.get("status", "run") == "run":
            yield name, "passed", ""


# ---- checks on the sources

def layers(stage):
    stage.run(sys.executable, "tools/layers")


def versions(stage):
    stage.run(sys.executable, "tools/version", "--check")


# ---- C++

def cpp_tests(stage, folder, suite="cpp", sanitize="", launcher=(), **env):
    stage.run("cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", f"-DDECIBAN_SANITIZE={sanitize}", "-DDECIBAN_TESTS=ON")
    stage.run("cmake", "--build", folder, "-j2", *(["--target", "deciban_tests"] if sanitize else []))
    program = folder / "tests" / "deciban_tests"
    if not program.exists():
        raise Failure("no C++ tests were built")
    reports = [folder / f"tests_{shard}.xml" for shard in range(SHARDS)]

    def run_shard(shard):
        reports[shard].unlink(missing_ok=True)
        return stage.run(*launcher, program, "--gtest_brief=1", f"--gtest_output=xml:{reports[shard]}", cwd=folder, check=False,
                         GTEST_TOTAL_SHARDS=str(SHARDS), GTEST_SHARD_INDEX=str(shard), **env)

    with ThreadPoolExecutor(SHARDS) as pool:
        status = max(pool.map(run_shard, range(SHARDS)), key=abs)
    if sanitize:  # the same tests again count as one check
        if status != 0:
            raise Failure(f"the tests under {sanitize} ended with status {status}")
    else:
        for report in reports:
            stage.count(junit(report))
        stage.finish_suite(status, suite)


def cpp(stage):
    cpp_tests(stage, OUT / "cpp")


def sanitize(stage):
    cpp_tests(stage, OUT / "asan", sanitize="address,undefined", UBSAN_OPTIONS="print_stacktrace=1")


def ulp(stage):
    """exp, expm1, log and log1p of every instruction set at 10^7 points each; the stage cpp takes 10^5."""
    program, report = OUT / "cpp" / "tests" / "deciban_tests", OUT / "cpp" / "ulp.xml"
    if not program.exists():
        raise Failure("no C++ tests were built (stage cpp)")
    report.unlink(missing_ok=True)
    stage.run(program, "--gtest_filter=MathUlp.*", f"--gtest_output=xml:{report}", check=False, DECIBAN_ULP_POINTS="10000000")
    stage.count(junit(report))


def threads(stage):
    # without address randomisation: gcc's ThreadSanitizer stops on kernels that randomise more bits than it knows
    cpp_tests(stage, OUT / "tsan", sanitize="thread", launcher=("setarch", "-R"))


# ---- R

def r_check(stage):
    """Builds the tarball and lets R CMD check install it (the only compilation for R) and test it as CRAN would."""
    folder = OUT / "r"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    stage.run("Rscript", "--vanilla", "bootstrap.R", cwd=ROOT / "r-package")
    stage.run("R", "CMD", "build", ROOT / "r-package", cwd=folder)
    tarball = next(folder.glob("deciban_*.tar.gz"))
    settings = {
        "_R_CHECK_CRAN_INCOMING_": "false",
        "_R_CHECK_FORCE_SUGGESTS_": "false",
        "_R_CHECK_SYSTEM_CLOCK_": "false",  # asks a server for the time
        "DECIBAN_DATA": "",  # tests on real files run in the next stage
        "R_LIBS": "",
        "PATH": f"/usr/lib/ccache{os.pathsep}{os.environ['PATH']}",  # g++ by way of ccache, where Debian's is installed
    }
    status = stage.run("R", "CMD", "check", "--as-cran", "--no-manual", tarball.name, cwd=folder, check=False, **settings)
    for report in sorted(R_LIBRARY.glob("00install.out")) + sorted(R_LIBRARY.glob("tests/*.Rout.fail")):
        if status != 0:
            stage.say(f"---- {report.name}\n" + report.read_text(errors="replace")[-4000:])
    check = R_LIBRARY / "00check.log"
    summary = re.findall(r"^Status: (.*)$", check.read_text() if check.exists() else "", re.M)
    if status != 0 or not summary or re.search("ERROR|WARNING", summary[-1]):
        raise Failure(f"R CMD check: {summary[-1] if summary else 'did not finish'}")


def r_tests(stage):
    if not (R_LIBRARY / "deciban").is_dir():
        raise Failure("deciban is not installed for R (stage r-check)")
    report = OUT / "r" / "tests.tsv"
    report.unlink(missing_ok=True)
    status = stage.run("Rscript", "--vanilla", "tools/run_testthat.R", ROOT / "r-package" / "tests" / "testthat", report, check=False)
    if not report.exists():
        raise Failure("testthat did not finish")
    with report.open(newline="", encoding="utf-8") as lines:
        stage.count([tuple(row) for row in csv.reader(lines, delimiter="\t")])
    stage.finish_suite(status, "r")


# ---- Python

def wheel(stage):
    """sdist -> wheel -> clean environment: the only compilation for Python. No network, no header of the system's."""
    dist, unpacked, clean = OUT / "dist", OUT / "sdist", OUT / "clean"
    for folder in (dist, clean, SITE):
        shutil.rmtree(folder, ignore_errors=True)
    stage.run(PYTHON, "-m", "build", "--no-isolation", "--sdist", "-o", dist, "py-package")
    sdist = next(dist.glob("deciban-*.tar.gz"))
    # always the same folder, so that ccache knows the files again
    shutil.rmtree(unpacked, ignore_errors=True)
    with tarfile.open(sdist) as archive:
        archive.extractall(unpacked, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    source = next(unpacked.iterdir())
    python = clean / "bin" / "python"
    local = ("--disable-pip-version-check", "--no-index", "--find-links", WHEELS)
    stage.run(base_python(), "-m", "venv", clean)
    stage.run(python, "-m", "pip", "wheel", *local, "--no-deps", "-w", dist, source, cwd=OUT)
    built = next(dist.glob("deciban-*.whl"))
    for ninja in source.glob("build/*/build.ninja"):
        used = subprocess.run(["ninja", "-C", ninja.parent, "-t", "deps"], capture_output=True, text=True).stdout
        foreign = {path for path in re.findall(r"^ +(\S+)$", used, re.M) if re.match(r"/usr/.*/(boost|nlohmann)/", path)}
        if foreign:
            raise Failure(f"the sdist lacks {len(foreign)} headers, such as {min(foreign)}")
        stage.say(f"headers used: {used.count('/third_party/')} from the sdist's third_party, 0 of boost or nlohmann from the system")
    stage.run(python, "-m", "pip", "install", *local, built)
    stage.run(python, "-c", "import deciban; print('clean environment:', deciban.__version__, deciban.__file__)", cwd=OUT, PYTHONPATH="")
    stage.run(PYTHON, "-m", "pip", "install", *local, "--no-deps", "--target", SITE, built)


def base_python():
    return "/usr/bin/python3" if os.access("/usr/bin/python3", os.X_OK) else getattr(sys, "_base_executable", sys.executable)


def pytest(stage, *options, site=(), report="python.xml"):
    if not (SITE / "deciban").is_dir():
        raise Failure("deciban is not installed for Python (stage wheel)")
    report = OUT / report
    report.unlink(missing_ok=True)
    path = os.pathsep.join(str(folder) for folder in (*site, SITE))
    status = stage.run(PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *options,
                       cwd=ROOT / "py-package", check=False, PYTHONPATH=path)
    stage.count(junit(report))
    return status


def python(stage):
    stage.finish_suite(pytest(stage), "python")


def pandas2(stage):
    """The tests with `pandas` in their name again, with pandas 2 instead of the current one."""
    status = pytest(stage, "-k", "pandas", site=(VENV / "pandas2",), report="pandas2.xml")
    if status not in (0, 5) and not stage.failed:  # 5: no such tests
        raise Failure(f"pytest ended with status {status}")


def checkout(stage):
    """`pip install ./py-package` as a user of the checkout does it."""
    stage.run(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-build-isolation", "--no-deps",
              "--upgrade", "--target", OUT / "checkout", ROOT / "py-package")
    stage.run(PYTHON, "-c", "import deciban; print(deciban.__version__, deciban.__file__)", cwd=OUT, PYTHONPATH=str(OUT / "checkout"))


# ---- both

def count_last_line(stage, programs=1):
    """Adds the counts of the lines `N passed, N failed` at the end of programs that count themselves."""
    lines = re.findall(r"^(\d+) passed, (\d+) failed$", stage.log.read_text(errors="replace"), re.M)
    if len(lines) < programs:
        raise Failure("no line `N passed, N failed` at the end")
    stage.passed, stage.failed = (sum(map(int, counts)) for counts in zip(*lines[-programs:]))


def fma(stage):
    modules = [*R_LIBRARY.glob("deciban/libs/deciban.so"), *SITE.glob("deciban/_core*.so")]
    if len(modules) != 2:
        raise Failure(f"expected the modules of R and Python, found {len(modules)}")
    stage.run(sys.executable, "tools/fma", *modules)


def fuzz(stage):
    """tests/fuzz/run for a minute per target, or for DECIBAN_FUZZ_SECONDS."""
    status = stage.run(ROOT / "tests" / "fuzz" / "run", check=False)
    count_last_line(stage)
    if status != 0 and not stage.failed:
        raise Failure(f"tests/fuzz/run ended with status {status}")


def instructions(stage):
    """Instructions of one pass of the engine under callgrind against tests/bench/instructions.json."""
    if not shutil.which("valgrind"):
        raise Failure("valgrind is missing (tools/setup --full)")
    folder = OUT / "bench"
    stage.run("cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DDECIBAN_BENCH=ON", "-DDECIBAN_TESTS=OFF")
    stage.run("cmake", "--build", folder, "--target", "deciban_instructions", "-j2")
    program = folder / "tests" / "bench" / "deciban_instructions"
    status = stage.run(sys.executable, "tests/bench/instructions.py", program, check=False)
    count_last_line(stage)
    if status != 0 and not stage.failed:
        raise Failure(f"tests/bench/instructions.py ended with status {status}")


def count_evidence(stage, *options):
    if not (SITE / "deciban").is_dir():
        raise Failure("deciban is not installed for Python (stage wheel)")
    return stage.run(PYTHON, "tests/coverage/woe.py", *options, check=False, PYTHONPATH=str(SITE))


def evidence(stage):
    """How often intervals of weights of evidence hold the truth, over some hundred replications."""
    status = count_evidence(stage)
    count_last_line(stage)
    if status != 0 and not stage.failed:
        raise Failure(f"tests/coverage/woe.py ended with status {status}")


def coverage(stage):
    """How often intervals hold the truth, over 5,000 replications; the stage cpp builds the program of the GLM."""
    program = OUT / "cpp" / "tests" / "deciban_coverage"
    if not program.exists():
        raise Failure("deciban_coverage was not built (stage cpp)")
    status = stage.run(sys.executable, "tests/coverage/run", "--full", "--program", program, check=False)
    count_last_line(stage)
    status = count_evidence(stage, "--full") or status
    count_last_line(stage, 2)
    if status != 0 and not stage.failed:
        raise Failure(f"tests/coverage ended with status {status}")


def parity(stage):
    """tests/parity/run ends with a line `N passed, N failed`; DECIBAN_PYTHON, PYTHONPATH and R_LIBS lead to the builds."""
    runner = ROOT / "tests" / "parity" / "run"
    status = 0
    if runner.exists():
        status = stage.run(runner, check=False, PYTHONPATH=str(SITE), DECIBAN_CPP=str(OUT / "cpp"))
        count_last_line(stage)
    stage.finish_suite(status, "parity")


STAGES = {
    "layers": layers,
    "versions": versions,
    "cpp": cpp,
    "sanitize": sanitize,
    "r-check": r_check,
    "wheel": wheel,
    "r": r_tests,
    "python": python,
    "pandas2": pandas2,
    "fma": fma,
    "evidence": evidence,
    "parity": parity,
}
FULL_STAGES = {
    "ulp": ulp,
    "coverage": coverage,
    "threads": threads,
    "checkout": checkout,
    "fuzz": fuzz,
    "instructions": instructions,
}


# Two suites of one thread each, most of the time: they run side by side.
TOGETHER = {"r", "python"}


def prepare_environment():
    data = Path(os.environ.get("DECIBAN_DATA") or ROOT.parent / "shared" / "data")
    os.environ.pop("DECIBAN_DATA", None)
    if data.is_dir():
        os.environ["DECIBAN_DATA"] = str(data.resolve())
    if shutil.which("ccache"):
        os.environ["CMAKE_CXX_COMPILER_LAUNCHER"] = "ccache"
    os.environ.update(
        MAKEFLAGS="-j2",
        CMAKE_BUILD_PARALLEL_LEVEL="2",
        DECIBAN_PYTHON=str(PYTHON),
        DECIBAN_FIXTURES=str(ROOT / "fixtures"),
        R_LIBS=str(R_LIBRARY),
        LC_ALL="C.UTF-8",
        PYTHONDONTWRITEBYTECODE="1",
    )


def run_stage(name, function):
    start, stage, trouble = time.monotonic(), Stage(name), ""
    try:
        function(stage)
    except Failure as failure:
        trouble = str(failure)
    except Exception as failure:  # one broken stage must not hide the others' results
        trouble = f"{type(failure).__name__}: {failure}"
    if trouble:
        stage.failed += 1
        stage.say(f"FAILED stage {name}: {trouble}")
    elif not stage.passed and not stage.failed and name not in ("parity", "pandas2"):
        stage.passed = 1
    counts = f"{stage.passed} passed, {stage.failed} failed" + (f", {stage.skipped} skipped" if stage.skipped else "")
    print(f"{name:10} {'FAILED' if stage.failed else 'ok':6} {time.monotonic() - start:6.1f} s  {counts}", flush=True)
    if stage.failed:
        tail = stage.log.read_text(errors="replace").splitlines()[-60:]
        print(f"---- end of {stage.log}", *tail, "----", sep="\n", flush=True)
    return stage


def main():
    parser = argparse.ArgumentParser(prog="tools/test", description="Build deciban, run its tests and checks.")
    parser.add_argument("--full", action="store_true", help="also " + ", ".join(FULL_STAGES))
    parser.add_argument("--only", metavar="STAGES", help="comma-separated stages")
    parser.add_argument("--list", action="store_true", help="list the stages")
    options = parser.parse_args()
    stages = {**STAGES, **FULL_STAGES}
    if options.list:
        print(*stages, sep="\n")
        return 0
    names = options.only.split(",") if options.only else list(stages if options.full else STAGES)
    if unknown := [name for name in names if name not in stages]:
        parser.error(f"no stage {', '.join(unknown)}; there are {', '.join(stages)}")
    prepare_environment()
    (OUT / "logs").mkdir(parents=True, exist_ok=True)
    print(f"data: {os.environ.get('DECIBAN_DATA', 'none (tests on real files are skipped)')}", flush=True)
    groups, done = [], []
    for name in names:
        if groups and name in TOGETHER and groups[-1][-1] in TOGETHER:
            groups[-1].append(name)
        else:
            groups.append([name])
    for group in groups:
        with ThreadPoolExecutor(len(group)) as pool:
            done += pool.map(lambda name: run_stage(name, stages[name]), group)
    failed = sum(stage.failed for stage in done)
    print(f"{sum(stage.passed for stage in done)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
