"""PEP 517 backend: scikit-build-core, with an sdist that needs a compiler and nothing else.

Everything is scikit-build-core's own but ``build_sdist`` in a checkout: it copies this package to a temporary folder,
stages the core, and the Boost.Math and JSON headers that the core includes, beside it, and lets scikit-build-core pack
that. The checkout itself is not written to, and the finished sdist is moved into place in one step.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from scikit_build_core.build import *
from scikit_build_core.build import build_sdist as _pack

_PACKAGE = Path(__file__).resolve().parent.parent
_CORE = _PACKAGE.parent / "core"
_FOREIGN = {"boost": "version.hpp", "nlohmann": "json.hpp"}
# Boost chooses headers for the platform, compiler and library by macro, so the compiler at hand sees one choice only:
# where one header of these folders is used, the folder goes in whole.
_CHOSEN_BY_MACRO = ("boost/config", "boost/predef", "boost/mpl/aux_/preprocessed", "boost/preprocessor")
_NOT_PACKED = shutil.ignore_patterns("build", "dist", "__pycache__", "*.egg-info", ".pytest_cache", "*.so", "*.pyd")


def build_sdist(sdist_directory, config_settings=None):
    if (_PACKAGE / "core").is_dir():  # an unpacked sdist: already staged
        return _pack(sdist_directory, config_settings)
    if not _CORE.is_dir():
        raise RuntimeError(f"the C++ core is missing: neither {_PACKAGE / 'core'} nor {_CORE} is here")
    target = Path(sdist_directory).resolve()
    target.mkdir(parents=True, exist_ok=True)
    here = Path.cwd()
    with tempfile.TemporaryDirectory(prefix=".deciban-sdist-", dir=target) as temporary:
        stage = Path(temporary) / "package"
        shutil.copytree(_PACKAGE, stage, ignore=_NOT_PACKED)
        for part in ("include", "src"):
            shutil.copytree(_CORE / part, stage / "core" / part, ignore=shutil.ignore_patterns("*.o"))
        _stage_foreign_headers(stage / "third_party")
        try:
            os.chdir(stage)
            name = _pack(temporary, config_settings)
        finally:
            os.chdir(here)
        os.replace(Path(temporary) / name, target / name)
    return name


def _stage_foreign_headers(third_party):
    third_party.mkdir()
    whole = set()
    for header in _included_headers():
        for i, part in enumerate(header.parts):
            root = Path(*header.parts[:i])
            if part in _FOREIGN and (root / part / _FOREIGN[part]).is_file():
                name = Path(*header.parts[i:])
                (third_party / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(header, third_party / name)
                whole |= {(root, folder) for folder in _CHOSEN_BY_MACRO if name.as_posix().startswith(folder + "/")}
                break
    for root, folder in whole:
        shutil.copytree(root / folder, third_party / folder, dirs_exist_ok=True)


def _included_headers():
    """Every header that the core includes, by the compiler's own account (``-M``)."""
    compiler = os.environ.get("CXX", "c++").split()
    sources = sorted(str(path) for path in (_CORE / "src").rglob("*.cpp"))
    command = [*compiler, "-std=c++17", "-M", "-I", str(_CORE / "include"), *sources]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(
            "cannot list the headers of the core (an sdist is made where the core compiles: run tools/setup):\n"
            + done.stderr[-2000:]
        )
    words = done.stdout.replace("\\\n", " ").replace("\\ ", "\0").split()
    paths = {os.path.normpath(word.replace("\0", " ")) for word in words if not word.endswith(":")}
    return [Path(path) for path in sorted(paths) if path.startswith("/") and not path.startswith(f"{_CORE}/")]
