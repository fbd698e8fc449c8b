"""The work of vignettes/run. `run_blocks.py session` is the Python session that it starts; run_blocks.R is R's."""

import ast
import contextlib
import io
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent
BLOCK = re.compile(r"^```(r|python)\n(.*?)^```\n(?:\n```text\n.*?^```\n)?", re.M | re.S)


def session():
    """Runs the files named on standard input, one after the other; prints values as the interactive prompt does."""
    scope = {"__name__": "__main__"}
    for path in sys.stdin:
        path = Path(path.rstrip("\n"))
        printed, status = io.StringIO(), "ok"
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.showwarning = lambda message, category, *rest: print(f"{category.__name__}: {message}")
            try:
                for node in ast.parse(path.read_text(encoding="utf-8")).body:
                    if isinstance(node, ast.Expr):
                        value = eval(compile(ast.Expression(node.value), path.name, "eval"), scope)
                        if value is not None:
                            print(repr(value))
                    else:
                        exec(compile(ast.Module([node], []), path.name, "exec"), scope)
            except Exception:
                status = "error"
                traceback.print_exc(file=printed)
        path.with_suffix(".out").write_text(printed.getvalue(), encoding="utf-8")
        print(status, flush=True)


class Session:
    """A language's process in `folder`."""

    def __init__(self, language, folder, env):
        command = {"python": [sys.executable, str(HERE / "run_blocks.py"), "session"],
                   "r": ["Rscript", "--vanilla", str(HERE / "run_blocks.R")]}[language]
        self.folder, self.count = folder, 0
        self.process = subprocess.Popen(command, cwd=folder, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, code, name):
        self.count += 1
        path = self.folder / f"{name}-{self.count}.code"
        path.write_text(code, encoding="utf-8")
        print(path, file=self.process.stdin, flush=True)
        status = self.process.stdout.readline().strip()
        output = path.with_suffix(".out")
        text = output.read_text(encoding="utf-8") if output.exists() else "the session ended\n"
        return status == "ok", "\n".join(line.rstrip() for line in text.rstrip().splitlines())


def run_text(path, env, figures=None):
    """The text with fresh outputs, and the errors of its code; PNG files that it wrote go to the folder `figures`."""
    text, errors, sessions, out, end = path.read_text(encoding="utf-8"), [], {}, [], 0
    with tempfile.TemporaryDirectory(prefix="deciban-text-") as folder:
        for match in BLOCK.finditer(text):
            language, code = match.groups()
            if language not in sessions:
                sessions[language] = Session(language, Path(folder), env)
            ok, printed = sessions[language].run(code, language)
            if not ok:
                errors.append(f"{path.name}, line {text.count(chr(10), 0, match.start()) + 1} ({language}):\n{printed}")
            block = f"```{language}\n{code}```\n" + (f"\n```text\n{printed}\n```\n" if printed else "")
            out += [text[end:match.start()], block]
            end = match.end()
        for one in sessions.values():
            one.process.stdin.close()
            one.process.wait()
        for figure in sorted(Path(folder).glob("*.png")) if figures and not errors else []:
            figures.mkdir(exist_ok=True)
            shutil.copy(figure, figures)
    return "".join(out) + text[end:], errors, sum(one.count for one in sessions.values())


def main(arguments):
    sys.path.insert(0, str(ROOT / "tools" / "demo_files"))
    import packages

    check = "--check" in arguments
    names = [Path(name) for name in arguments if name != "--check"]
    packages.install(packages.say_line("run"))
    env = {**packages.environment(), "COLUMNS": "100", "DECIBAN_NUM_THREADS": "2", "TZ": "UTC"}
    env.setdefault("DECIBAN_DATA", str(ROOT.parent / "shared" / "data"))
    failed = False
    for path in names or [ROOT / "README.md", *sorted(HERE.glob("*.md"))]:
        text, errors, blocks = run_text(path, env, None if check else HERE / "figures")
        changed = text != path.read_text(encoding="utf-8")
        failed = failed or bool(errors) or (check and changed)
        print(*errors, sep="\n", end="\n" if errors else "")
        if changed and not check and not errors:
            path.write_text(text, encoding="utf-8")
        state = "failed" if errors else "outputs differ" if changed and check else "outputs written" if changed else "unchanged"
        print(f"run: {path.name}: {blocks} blocks, {state}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["session"]:
        session()
    else:
        sys.exit(main(sys.argv[1:]))
