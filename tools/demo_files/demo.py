"""The work of tools/demo (its text is there): read a portfolio, fit it in R and in Python, compare and show."""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import packages
import portfolio as data
import report
from packages import ROOT
from portfolio import DemoError, Portfolio

HERE = Path(__file__).resolve().parent
SYNTHETIC_ROWS = 300_000
# the terms of portfolios whose columns are known: (columns that tell, claims, exposure, amount, terms)
KNOWN = [
    ({"IDpol", "ClaimNb", "Exposure", "VehBrand"}, "ClaimNb", "Exposure", None,
     "Area + VehBrand + VehGas + Region + VehPower + VehAge + DrivAge + BonusMalus + log(Density)"),
    ({"claim_count", "claim_amount", "exposure", "vehicle_brand"}, "claim_count", "exposure", "claim_amount",
     "area + vehicle_brand + vehicle_gas + region + vehicle_power + vehicle_age + driver_age + bonus_malus + log(density)"),
]
NO_RATE = ("gamma", "tweedie", "inverse_gaussian")  # amounts: exposure is a weight of the rate, not an offset


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"demo: {message}\ndemo: tools/demo --help lists the options\n")


def options_of(arguments):
    parser = Parser(prog="tools/demo", add_help=False)
    parser.add_argument("file", nargs="?", type=Path)
    for name in ("formula", "claims", "exposure", "amount", "family", "weights", "link", "variance"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--var-power", type=float)
    parser.add_argument("--theta", type=float)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--out", type=Path, default=Path("demo-output"))
    options = parser.parse_args(arguments)
    if options.file and not options.file.is_file():
        parser.error(f"no file {options.file}")
    if options.file and (options.rows is not None or options.seed is not None):
        parser.error("--rows and --seed belong to the synthetic portfolio, and a FILE was given")
    if options.rows is not None and options.rows < 1:
        parser.error("--rows takes a number of policies of at least 1")
    if options.threads is not None and options.threads < 1:
        parser.error("--threads takes a number of at least 1")
    if not options.family:
        for name in ("weights", "link", "theta", "variance"):
            if getattr(options, name) is not None:
                parser.error(f"--{name} goes with --family")
    elif options.formula is None or "~" not in options.formula:
        parser.error("--family fits one model: give its whole formula, such as --formula 'claims ~ area + log(density)'")
    elif options.amount or options.claims:
        parser.error("--family fits one model: its response is the left-hand side of --formula, not --claims or --amount")
    elif options.exposure and options.family in NO_RATE:
        parser.error(f"for {options.family} make the response a rate (amount per {options.exposure}) in the file and give "
                     f"--weights {options.exposure}: an exposure would leave the variance as it is")
    return options


def folder_of_data():
    return Path(os.environ.get("DECIBAN_DATA") or ROOT.parent / "shared" / "data")


def read_portfolio(options):
    """The portfolio and its columns for (claims, exposure, amount, claims with amounts) that the file is known for."""
    path = options.file
    if path is None and options.rows is None and options.seed is None:
        path = folder_of_data() / "freMTPL2freq.csv.gz"
        path = path if path.is_file() else None
    if path is None:
        return None
    read = data.read(path)
    claims_file = path.with_name(path.name.replace("freq", "sev"))
    if KNOWN[0][0] <= set(read.columns) and claims_file != path and claims_file.is_file():
        read.fremtpl2_amounts = data.add_fremtpl2_amounts(read, claims_file)
    return read


def simulated(options):
    import deciban

    rows, seed = options.rows or SYNTHETIC_ROWS, options.seed if options.seed is not None else 1
    table = deciban.simulate_portfolio(rows, seed=seed, frame="pyarrow")
    return Portfolio(f"simulate_portfolio({rows}, seed={seed})", dict(zip(table.column_names, table.columns)))


def quoted(name):
    return name if re.fullmatch(r"[A-Za-z.][A-Za-z0-9._]*", name) else f"`{name}`"


def roles(options, portfolio):
    """Claims, exposure, amount, claims behind the amount, and terms: from the options, else from a known portfolio."""
    left, tilde, terms = (options.formula or "").partition("~")
    if not tilde:
        left, terms = "", left
    left = left.strip().strip("`")
    if options.claims and left and left != options.claims:
        raise DemoError(f"--claims is {options.claims}, but --formula starts with {left} ~")
    claims, exposure, amount, paid, terms = options.claims or left, options.exposure, options.amount, None, terms.strip()
    for columns, *known in KNOWN:
        if columns <= set(portfolio.columns):
            if not (claims or exposure or amount):
                claims, exposure, amount = known[:3]
                if hasattr(portfolio, "fremtpl2_amounts"):
                    amount, paid = portfolio.fremtpl2_amounts
            terms = terms or known[3]
    if not claims or not terms:
        columns = "\n".join(portfolio.describe())
        raise DemoError(f"which columns of {portfolio.source}? It has\n{columns}\nGive the claim count and the terms, such as\n"
                        f"  tools/demo FILE --formula 'CLAIMS ~ TERM + TERM' --exposure COLUMN --amount COLUMN")
    for name in filter(None, (claims, exposure, amount)):
        portfolio.require(name)
    return claims, exposure, amount, paid or claims, terms


def tariff(options, portfolio):
    """The models of a tariff, and the rows with a claim amount."""
    claims, exposure, amount, paid, terms = roles(options, portfolio)
    given = {"exposure": exposure} if exposure else {}
    models = [model("frequency", "portfolio", f"{quoted(claims)} ~ {terms}", "poisson", **given)]
    if not amount:
        return models, None
    counts, amounts = portfolio.numbers(paid), portfolio.numbers(amount)
    with np.errstate(divide="ignore", invalid="ignore"):
        rows = (counts > 0) & (amounts > 0)
        average = portfolio.add("AverageCost", amounts / counts)
        rate, weights = amount, {}
        if exposure:
            rate, weights = portfolio.add("PurePremium", amounts / portfolio.numbers(exposure)), {"weights": exposure}
    if not rows.any():
        raise DemoError(f"no row has both claims in `{paid}` and a positive amount in `{amount}`")
    models.append(model("severity", "claims", f"{quoted(average)} ~ {terms}", "gamma", weights=paid))
    power = 1.5 if options.var_power is None else options.var_power
    models.append(model("pure-premium", "portfolio", f"{quoted(rate)} ~ {terms}", "tweedie", var_power=power, **weights))
    return models, rows


def one_model(options, portfolio):
    names = ("exposure", "weights", "link", "theta", "var_power", "variance")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    for name in ("exposure", "weights"):
        if name in given:
            portfolio.require(given[name])
    return [model("model", "portfolio", options.formula, options.family, **given)], None


def model(name, table, formula, family, **arguments):
    return {"name": name, "table": table, "formula": formula, "arguments": {"family": family, **arguments}}


def columns_of(models, table, portfolio):
    """The columns that the models of a table read."""
    from deciban import DecibanError, _core

    names = []
    for spec in models:
        if spec["table"] == table:
            try:
                names += _core.referenced_columns({"formula": spec["formula"]})
            except DecibanError as error:
                raise DemoError(str(error)) from None
            names += [spec["arguments"][name] for name in ("exposure", "weights") if name in spec["arguments"]]
    return [portfolio.require(name) for name in dict.fromkeys(names)]


def run_language(language, job, what):
    program = [packages.PYTHON, HERE / "fit.py"] if language == "python" else ["Rscript", "--vanilla", HERE / "fit.R"]
    command = [str(word) for word in (*program, job, *what)]
    done = subprocess.run(command, env=packages.environment(), capture_output=True, text=True)
    if done.returncode != 0:
        text = done.stderr.strip() or f"exit status {done.returncode}"
        raise DemoError(text if language == "python" else f"R says: {text}")


def run(options, say):
    portfolio = read_portfolio(options)
    plan = one_model if options.family else tariff
    planned = plan(options, portfolio) if portfolio else None  # wrong columns are told before anything is built
    packages.install(say)
    if portfolio is None:
        portfolio = simulated(options)
        planned = plan(options, portfolio)
    models, claim_rows = planned
    out = options.out.resolve()
    for language in ("r", "python"):
        (out / language).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="deciban-demo-") as folder:
        work = Path(folder)
        tables = list(dict.fromkeys(spec["table"] for spec in models))
        for table in tables:
            rows = claim_rows if table == "claims" else None
            data.write(portfolio, columns_of(models, table, portfolio), work / table, rows)
        job = {"work": str(work), "out": str(out), "threads": options.threads or os.cpu_count(), "tables": tables, "models": models}
        (work / "job.json").write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
        for language, what in (("python", ["fit"]), ("r", ["fit", "cross"]), ("python", ["cross"])):
            say(f"{portfolio.source}: {'predicting' if what == ['cross'] else 'fitting'} in {'R' if language == 'r' else 'Python'}", False)
            run_language(language, work / "job.json", what)
        say(f"{portfolio.source}: {portfolio.rows:,} rows", True)
        return report.show(job, work, out)


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # tools/demo | head
    options = options_of(sys.argv[1:])
    try:
        same = run(options, packages.say_line("demo"))
    except (DemoError, packages.BuildError) as error:
        sys.exit("demo: " + str(error).replace("\n", "\n      "))
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
