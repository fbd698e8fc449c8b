#!/usr/bin/env python3
"""Writes the data sets of $DECIBAN_DATA as the fixture cases and the parity suite read them.

    prepare_data.py [--data FOLDER] [--out FOLDER] [NAME ...]

Each set becomes a folder <out>/<name>/ with one raw file per column and a <name>.json beside it. Raw files, because
R's text reader does not round every 17-digit number to the nearest double, and because 678,013 rows are then read in a
moment in all three languages:

    <column>.f64   little-endian doubles, NaN = missing          (type "number", "integer", "logical")
    <column>.i32   little-endian codes from 0, -1 = missing      (type "factor", "string"; levels in the JSON)

A set is made once: the JSON carries a key of this script and of the source files' SHA-256. Standard library only.
"""

import argparse
import csv
import gzip
import hashlib
import json
import math
import os
import sys
from array import array
from collections import Counter
from pathlib import Path

FORMAT = 1
HERE = Path(__file__).resolve()


def number(text):
    return math.nan if text == "" else float(text)


def factor(*levels):
    return {"type": "factor", "levels": [str(level) for level in levels]}


INTEGER, NUMBER, STRING = {"type": "integer"}, {"type": "number"}, {"type": "string"}


class Source:
    """Reads files of the data folder as lists of dicts and remembers them for the key."""

    def __init__(self, folder):
        self.folder = folder

    def rows(self, file):
        with gzip.open(self.folder / file, "rt", encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)


# ---- the sets: name -> (source files, columns, function that yields one dict per row)

SETS = {}


def data_set(name, files, columns):
    def keep(function):
        SETS[name] = (files, columns, function)
        return function

    return keep


AGES = ("17-20", "21-24", "25-29", "30-34", "35-39", "40-49", "50-59", "60+")


@data_set(
    "ukautocoll",
    ["classic/ukautocoll.csv.gz"],
    {
        "Age": factor(*AGES),
        "Vehicle_Use": factor("Pleasure", "DriveShort", "DriveLong", "Business"),
        "Severity": NUMBER,
        "Claim_Count": INTEGER,
    },
)
def ukautocoll(source):
    return source.rows("classic/ukautocoll.csv.gz")


SWAUTOINS = {
    "Kilometres": factor(*range(1, 6)),
    "Zone": factor(*range(1, 8)),
    "Bonus": factor(*range(1, 8)),
    "Make": factor(*range(1, 10)),
    "Insured": NUMBER,
    "Claims": INTEGER,
}


@data_set("swautoins", ["classic/swautoins.csv.gz"], {**SWAUTOINS, "pp": NUMBER})
def swautoins(source):
    for row in source.rows("classic/swautoins.csv.gz"):
        yield {**row, "pp": float(row["Payment"]) / float(row["Insured"])}


@data_set("swautoins_sev", ["classic/swautoins.csv.gz"], {**SWAUTOINS, "sev": NUMBER})
def swautoins_sev(source):
    for row in source.rows("classic/swautoins.csv.gz"):
        if float(row["Claims"]) > 0:
            yield {**row, "sev": float(row["Payment"]) / float(row["Claims"])}


BODIES = "BUS CONVT COUPE HBACK HDTOP MCARA MIBUS PANVN RDSTR SEDAN STNWG TRUCK UTE".split()
DATACAR = {
    "exposure": NUMBER,
    "numclaims": INTEGER,
    "clm": INTEGER,
    "veh_value": NUMBER,
    "veh_body": factor(*BODIES),
    "veh_age": factor(*range(1, 5)),
    "gender": factor("F", "M"),
    "area": factor(*"ABCDEF"),
    "agecat": factor(*range(1, 7)),
}


@data_set("dataCar", ["dataCar.csv.gz"], {**DATACAR, "pp": NUMBER})
def data_car(source):
    for row in source.rows("dataCar.csv.gz"):
        yield {**row, "pp": float(row["claimcst0"]) / float(row["exposure"])}


@data_set("dataCar_sev", ["dataCar.csv.gz"], {**DATACAR, "sev": NUMBER})
def data_car_sev(source):
    for row in source.rows("dataCar.csv.gz"):
        if row["clm"] == "1":
            yield {**row, "sev": float(row["claimcst0"]) / float(row["numclaims"])}


def vehicle_age_group(row):
    age = float(row["fordald"])
    return "0-1" if age <= 1 else "2-4" if age <= 4 else "5+"


MOTORCYCLE = {
    "zon": factor(*range(1, 8)),
    "mcklass": factor(*range(1, 8)),
    "fordgrp": factor("0-1", "2-4", "5+"),
    "bonuskl": factor(*range(1, 8)),
    "duration": NUMBER,
    "antskad": INTEGER,
}


@data_set("swmotorcycle", ["swmotorcycle.csv.gz"], MOTORCYCLE)
def swmotorcycle(source):
    for row in source.rows("swmotorcycle.csv.gz"):
        if float(row["duration"]) > 0:
            yield {**row, "fordgrp": vehicle_age_group(row)}


@data_set("swmotorcycle_sev", ["swmotorcycle.csv.gz"], {**MOTORCYCLE, "sev": NUMBER})
def swmotorcycle_sev(source):
    for row in swmotorcycle(source):
        if float(row["antskad"]) > 0:
            yield {**row, "sev": float(row["skadkost"]) / float(row["antskad"])}


BELGIAN = {
    "nclaims": INTEGER,
    "coverage": factor("TPL", "TPL+", "TPL++"),
    "sex": factor("female", "male"),
    **dict.fromkeys(("bm", "agec", "ageph"), INTEGER),
}


@data_set("beMTPL97_sev", ["beMTPL97.csv.gz"], {"average": NUMBER, **BELGIAN})
def be_mtpl_sev(source):
    return (row for row in source.rows("beMTPL97.csv.gz") if float(row["nclaims"]) > 0)


@data_set(
    "beMTPL97",
    ["beMTPL97.csv.gz"],
    {
        **BELGIAN,
        "expo": NUMBER,
        "power": INTEGER,
        "fuel": factor("gasoline", "diesel"),
        "use": factor("private", "work"),
        "fleet": factor(0, 1),
    },
)
def be_mtpl(source):
    return source.rows("beMTPL97.csv.gz")


@data_set(
    "pg17",
    ["pg17trainpol.csv.gz", "pg17trainclaim.csv.gz"],
    {
        "n": INTEGER,
        "pol_coverage": factor("Maxi", "Median1", "Median2", "Mini"),
        "pol_bonus": NUMBER,
        "pol_pay_freq": factor("Biannual", "Monthly", "Quarterly", "Yearly"),
        "pol_usage": factor("AllTrips", "Professional", "Retired", "WorkPrivate"),
        "drv_sex1": factor("F", "M"),
        "vh_fuel": factor("Diesel", "Gasoline", "Hybrid"),
        "vh_type": factor("Commercial", "Tourism"),
        **dict.fromkeys(("pol_duration", "drv_age1", "vh_age", "vh_din", "vh_value"), INTEGER),
    },
)
def pricing_game(source):
    """One policy has no vehicle age; it stays, so that the fit drops it."""
    claims = Counter((row["id_client"], row["id_vehicle"]) for row in source.rows("pg17trainclaim.csv.gz"))
    for row in source.rows("pg17trainpol.csv.gz"):
        yield {**row, "n": claims[row["id_client"], row["id_vehicle"]]}


REGIONS = "R24 R11 R21 R22 R23 R25 R26 R31 R41 R42 R43 R52 R53 R54 R72 R73 R74 R82 R83 R91 R93 R94".split()
BRANDS = "B1 B10 B11 B12 B13 B14 B2 B3 B4 B5 B6".split()
FREMTPL2 = {
    "VA": factor("1-10", "0", "11+"),
    "DA": factor("41-50", "18-20", "21-25", "26-30", "31-40", "51-70", "71+"),
    "BM": INTEGER,
    "VehGas": factor("Diesel", "Regular"),
    "Density": INTEGER,
}


def grouped(row):
    """The set-up of Noll, Salzmann and Wuthrich (2020), model GLM1."""
    vehicle, driver = int(row["VehAge"]), int(row["DrivAge"])
    ages = ((20, "18-20"), (25, "21-25"), (30, "26-30"), (40, "31-40"), (50, "41-50"), (70, "51-70"), (999, "71+"))
    return {
        **row,
        "N": min(int(row["ClaimNb"]), 4),
        "E": min(float(row["Exposure"]), 1.0),
        "VP": str(min(int(row["VehPower"]), 9)),
        "VA": "0" if vehicle == 0 else "1-10" if vehicle <= 10 else "11+",
        "DA": next(label for last, label in ages if driver <= last),
        "BM": min(int(row["BonusMalus"]), 150),
        "A": "ABCDEF".index(row["Area"]) + 1,
    }


def claims_of_policies(source):
    """IDpol -> (number of claims, sum of amounts, added in the order of the file)."""
    claims = {}
    for row in source.rows("freMTPL2sev.csv.gz"):
        count, amount = claims.get(row["IDpol"], (0, 0.0))
        claims[row["IDpol"]] = (count + 1, amount + float(row["ClaimAmount"]))
    return claims


@data_set(
    "freMTPL2",
    ["freMTPL2freq.csv.gz", "freMTPL2sev.csv.gz"],
    {
        "ClaimNb": INTEGER,
        "Exposure": NUMBER,
        "Area": factor(*"ABCDEF"),
        "VehPower": INTEGER,
        "VehAge": INTEGER,
        "DrivAge": INTEGER,
        "BonusMalus": INTEGER,
        "VehBrand": factor(*BRANDS),
        "Region": factor(*REGIONS),
        "N": INTEGER,
        "E": NUMBER,
        "VP": factor(*range(4, 10)),
        "A": INTEGER,
        **FREMTPL2,
        "pp": NUMBER,
    },
)
def fre_mtpl2(source):
    claims = claims_of_policies(source)
    for row in map(grouped, source.rows("freMTPL2freq.csv.gz")):
        yield {**row, "pp": claims.get(row["IDpol"], (0, 0.0))[1] / row["E"]}


@data_set("freMTPL2_sev", ["freMTPL2freq.csv.gz", "freMTPL2sev.csv.gz"], {**FREMTPL2, "cnt": INTEGER, "sev": NUMBER})
def fre_mtpl2_sev(source):
    claims = claims_of_policies(source)
    for row in source.rows("freMTPL2freq.csv.gz"):
        if row["IDpol"] in claims:
            count, amount = claims[row["IDpol"]]
            yield {**grouped(row), "cnt": count, "sev": amount / count}


GERMAN_NUMBERS = (
    "duration credit_amount installment_rate residence_since age existing_credits num_dependents bad"
).split()
GERMAN_TEXTS = (
    "checking_status credit_history purpose savings employment personal_status other_parties property "
    "other_payment_plans housing job telephone foreign_worker"
).split()


@data_set(
    "german_credit",
    ["german_credit.csv.gz"],
    {**{name: INTEGER for name in GERMAN_NUMBERS}, **{name: STRING for name in GERMAN_TEXTS}},
)
def german_credit(source):
    return source.rows("german_credit.csv.gz")


TAIWAN = [
    "LIMIT_BAL",
    "AGE",
    "PAY_0",
    *(f"PAY_{i}" for i in range(2, 7)),
    *(f"BILL_AMT{i}" for i in range(1, 7)),
    *(f"PAY_AMT{i}" for i in range(1, 7)),
    "default_next_month",
]


@data_set(
    "taiwan",
    ["taiwan_default.csv.gz"],
    {
        **{name: INTEGER for name in TAIWAN},
        "SEX": factor(1, 2),
        "EDUCATION": factor(*range(1, 5)),
        "MARRIAGE": factor(*range(4)),
    },
)
def taiwan(source):
    for row in source.rows("taiwan_default.csv.gz"):
        yield {**row, "EDUCATION": "4" if row["EDUCATION"] in ("0", "5", "6") else row["EDUCATION"]}


STAR98 = (
    "LOWINC PERASIAN PERBLACK PERHISP PERMINTE AVYRSEXP AVSALK PERSPENK PTRATIO PCTAF PCTCHRT PCTYRRND "
    "PERMINTE_AVYRSEXP PERMINTE_AVSAL AVYRSEXP_AVSAL PERSPEN_PTRATIO PERSPEN_PCTAF PTRATIO_PCTAF "
    "PERMINTE_AVYRSEXP_AVSAL PERSPEN_PTRATIO_PCTAF"
).split()


@data_set("star98", ["statsmodels/star98.csv.gz"], {"share": NUMBER, "pupils": INTEGER, **{n: NUMBER for n in STAR98}})
def star98(source):
    for row in source.rows("statsmodels/star98.csv.gz"):
        pupils = int(row["NABOVE"]) + int(row["NBELOW"])
        yield {**row, "pupils": pupils, "share": int(row["NABOVE"]) / pupils}


@data_set(
    "lbw",
    ["statsmodels/lbw.csv.gz"],
    {**{name: INTEGER for name in "low age lwt smoke ptl ht ui".split()}, "race": factor("white", "black", "other")},
)
def lbw(source):
    return source.rows("statsmodels/lbw.csv.gz")


SCOTVOTE = "YES COUTAX UNEMPF MOR ACT GDP AGE COUTAX_FEMALEUNEMP".split()


@data_set("scotvote", ["statsmodels/scotvote.csv.gz"], {name: NUMBER for name in SCOTVOTE})
def scotvote(source):
    return source.rows("statsmodels/scotvote.csv.gz")


@data_set("cancer", ["statsmodels/cancer.csv.gz"], {"studytime": INTEGER, "age": INTEGER, "drug": factor(1, 2, 3)})
def cancer(source):
    return source.rows("statsmodels/cancer.csv.gz")


@data_set(
    "cpunish",
    ["statsmodels/cpunish.csv.gz"],
    {name: NUMBER for name in "EXECUTIONS INCOME PERPOVERTY PERBLACK VC100k96 SOUTH DEGREE log100".split()}
    | dict.fromkeys(("EXECUTIONS", "INCOME", "VC100k96", "SOUTH"), INTEGER),
)
def cpunish(source):
    for row in source.rows("statsmodels/cpunish.csv.gz"):
        yield {**row, "log100": math.log(100.0)}


@data_set("medpar1", ["statsmodels/medpar1.csv.gz"], {"los": INTEGER, "codes": INTEGER, "adm2": INTEGER})
def medpar1(source):
    for row in source.rows("statsmodels/medpar1.csv.gz"):
        yield {**row, "adm2": int(row["admitype"] == "type3")}


@data_set(
    "committee",
    ["statsmodels/committee.csv.gz"],
    {name: INTEGER for name in "BILLS104 SIZE SUBS STAFF PRESTIGE BILLS103".split()} | {"SUBS_LNSTAFF": NUMBER},
)
def committee(source):
    for row in source.rows("statsmodels/committee.csv.gz"):
        yield {**row, "SUBS_LNSTAFF": float(row["SUBS"]) * math.log(float(row["STAFF"]))}


@data_set(
    "fair",
    ["statsmodels/fair.csv.gz"],
    {"affairs": NUMBER, "rate_marriage": INTEGER, "age": NUMBER, "yrs_married": NUMBER},
)
def fair(source):
    return source.rows("statsmodels/fair.csv.gz")


# ---- writing


def source_key(folder, files):
    key = hashlib.sha256(HERE.read_bytes())
    for file in files:
        key.update((folder / file).read_bytes())
    return key.hexdigest()


def little_endian(values):
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def write_column(path, spec, values):
    if spec["type"] in ("factor", "string"):
        codes = {level: code for code, level in enumerate(spec["levels"])}
        path.with_suffix(".i32").write_bytes(little_endian(array("i", [codes[v] if v != "" else -1 for v in values])))
    else:
        path.with_suffix(".f64").write_bytes(
            little_endian(array("d", [number(v) if isinstance(v, str) else float(v) for v in values]))
        )


def write_set(name, data, out):
    files, columns, function = SETS[name]
    target, key = out / f"{name}.json", source_key(data, files)
    if target.exists() and json.loads(target.read_text(encoding="utf-8"))["key"] == key:
        return False
    values = {column: [] for column in columns}
    for row in function(Source(data)):
        for column, kept in values.items():
            kept.append(row[column])
    specs = {column: dict(spec) for column, spec in columns.items()}
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    for column, spec in specs.items():
        if spec["type"] == "string":
            spec["levels"] = sorted(set(values[column]) - {""}, key=lambda text: text.encode())
        write_column(folder / f"{column}.x", spec, values[column])
    meta = {
        "format": FORMAT,
        "key": key,
        "name": name,
        "sources": files,
        "rows": len(next(iter(values.values()))),
        "columns": specs,
    }
    temporary = target.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(target)
    return True


def lock(out):
    """One writer at a time; None where the system has no such lock."""
    handle = open(out / ".lock", "w")
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
    except ImportError:
        pass
    return handle


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data", default=os.environ.get("DECIBAN_DATA"), help="the data folder (default: $DECIBAN_DATA)"
    )
    parser.add_argument(
        "--out", default=os.environ.get("DECIBAN_PREPARED") or HERE.parent.parent / "build" / "prepared"
    )
    parser.add_argument("names", nargs="*", help="sets (default: all)")
    options = parser.parse_args()
    if not options.data or not Path(options.data).is_dir():
        parser.error("DECIBAN_DATA names no folder")
    if unknown := set(options.names) - set(SETS):
        parser.error(f"unknown sets {sorted(unknown)}; there are {sorted(SETS)}")
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    with lock(out):
        for name in options.names or SETS:
            if write_set(name, Path(options.data), out):
                print(f"prepared {name}", flush=True)


if __name__ == "__main__":
    main()
