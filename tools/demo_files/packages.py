"""Builds and installs both packages for tools/demo, tests/bench/run and vignettes/run.

The R package goes from its tarball into build/demo/r-library, the Python wheel into .venv. Each is made again only when
the content of its sources has changed.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "demo"
R_LIBRARY = BUILD / "r-library"
PYTHON = ROOT / ".venv" / "bin" / "python"
GENERATED = ("r-package/src/core", "r-package/tests", "py-package/build", "py-package/dist", "py-package/tests")
GENERATED_SUFFIXES = (".o", ".so", ".rds", ".pyc", ".gz")


class BuildError(Exception):
    """A package could not be built; the text says why and where the log is."""


def environment():
    """The environment in which R finds the installed package."""
    libraries = [str(R_LIBRARY), *filter(None, [os.environ.get("R_LIBS")])]
    return {**os.environ, "R_LIBS": os.pathsep.join(libraries), "LC_ALL": "C.UTF-8"}


def install(say=print):
    """Builds what is not up to date. `say(text)` gets progress lines."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name, key_file, sources, commands in (
            ("R", R_LIBRARY / "deciban-key", ("core", "r-package"), build_r),
            ("Python", ROOT / ".venv" / "deciban-key", ("core", "py-package"), build_python),
        ):
            key = content_key(name, sources)
            if not key_file.exists() or key_file.read_text() != key:
                key_file.unlink(missing_ok=True)
                run_build(name, commands, say)
                key_file.write_text(key)


def content_key(name, sources):
    """A hash of everything that the build of a package reads from the checkout, and of what it is built with."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    tool = ["R", "--version"] if name == "R" else [PYTHON, "-VV"]
    digest.update(subprocess.run(tool, capture_output=True).stdout)
    for source in (*sources, "VERSION"):
        top = ROOT / source
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            relative = path.relative_to(ROOT).as_posix()
            generated = relative.startswith(GENERATED) or "__pycache__" in relative or path.suffix in GENERATED_SUFFIXES
            if path.is_file() and not generated:
                digest.update(f"{relative}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build_r():
    """The tarball, then the package from it."""
    folder = BUILD / "r"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    R_LIBRARY.mkdir(parents=True, exist_ok=True)
    yield ["Rscript", "--vanilla", "bootstrap.R"], ROOT / "r-package"
    yield ["R", "CMD", "build", "--no-build-vignettes", ROOT / "r-package"], folder
    tarball = next(folder.glob("deciban_*.tar.gz"))
    yield ["R", "CMD", "INSTALL", "--no-docs", f"--library={R_LIBRARY}", tarball.name], folder


def build_python():
    """The wheel, then its installation; nothing is taken from the network."""
    folder = BUILD / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    yield [*pip, "wheel", "-v", "--no-build-isolation", "--no-deps", "--no-index", "-w", folder,
           f"--config-settings=build-dir={BUILD / 'cmake'}", ROOT / "py-package"], BUILD
    wheel = next(folder.glob("deciban-*.whl"))
    yield [*pip, "install", "--no-deps", "--no-index", "--force-reinstall", wheel], BUILD


def run_build(name, commands, say):
    """Runs the commands of a build, with a progress line from what the log says was compiled."""
    log_path = BUILD / f"{name}.log"
    settings = {**os.environ, "MAKEFLAGS": f"-j{os.cpu_count()}", "CCACHE_NOHASHDIR": "1", "LC_ALL": "C.UTF-8"}
    settings["CMAKE_BUILD_PARALLEL_LEVEL"] = str(os.cpu_count())
    if shutil.which("ccache"):  # g++ by way of ccache, where Debian's is installed
        settings["PATH"] = f"/usr/lib/ccache{os.pathsep}{os.environ['PATH']}"
        settings["CMAKE_CXX_COMPILER_LAUNCHER"] = "ccache"
    files = sum(1 for part in ("core/src", "r-package/src" if name == "R" else "py-package/src/glue")
                for path in (ROOT / part).rglob("*.cpp") if "r-package/src/core" not in path.as_posix())
    start, spoken = time.monotonic(), 0.0
    with log_path.open("w") as log:
        for command, folder in commands():
            command = [str(word) for word in command]
            print("$", *command, file=log, flush=True)
            process = subprocess.Popen(command, cwd=folder, env=settings, stdout=log, stderr=subprocess.STDOUT)
            while process.poll() is None:
                time.sleep(0.2)
                elapsed = time.monotonic() - start
                if elapsed - spoken >= (1 if sys.stdout.isatty() else 30):
                    spoken = elapsed
                    compiled = min(files, compiled_files(name, log_path))
                    say(f"building the {name} package: {compiled} of {files} files compiled, {elapsed:.0f} s", False)
            if process.returncode != 0:
                tail = "\n".join(log_path.read_text(errors="replace").splitlines()[-20:])
                raise BuildError(f"the {name} package could not be built (whole log: {log_path})\n{tail}")
    say(f"built and installed the {name} package in {time.monotonic() - start:.0f} s", True)


def compiled_files(name, log_path):
    text = log_path.read_text(errors="replace")
    return text.count(" -c ") if name == "R" else text.count("Building CXX object")


def say_line(prefix):
    """A `say` for `install`: on a terminal, passing lines are written over by the next one."""
    passing = sys.stdout.isatty()

    def say(text, lasting=True):
        print(f"\r\033[K{prefix}: {text}" if passing else f"{prefix}: {text}",
              end="\n" if lasting or not passing else "", flush=True)

    return say


if __name__ == "__main__":
    try:
        install(say_line("packages"))
    except BuildError as error:
        sys.exit(f"packages: {error}")
