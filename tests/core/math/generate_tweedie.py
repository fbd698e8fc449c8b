"""Writes tweedie_reference.hpp: log densities of Tweedie laws in 60-digit arithmetic.

From the definitions: a Poisson sum of gamma variables (Dunn and Smyth 2005, (2.1) to (2.4)), all terms; where these are
too many, the inversion of the cumulant generating function (Dunn and Smyth 2008, (2)) along the vertical line through
the saddle point. Points with a moderate number of terms are computed both ways and must agree.
"""

import random
from pathlib import Path

from mpmath import mp, mpf

MANY = 2500
FAST = 400  # n from which the integrand falls to 30 digits within reach
DIGITS = mpf(10) ** -30


def series(y, mu, phi, p):
    """The log density from the series, None when it has too many terms."""
    rate, shape, scale = mu ** (2 - p) / (phi * (2 - p)), (2 - p) / (p - 1), phi * (p - 1) * mu ** (p - 1)
    if y == 0:
        return -rate
    largest = y ** (2 - p) / (phi * (2 - p))
    if 30 * mp.sqrt(largest * (p - 1)) > MANY and y ** (2 - p) / phi >= FAST:
        return None
    log_z = mp.log(rate) + shape * mp.log(y / scale)

    def term(j):
        return j * log_z - mp.loggamma(j + 1) - mp.loggamma(shape * j)

    start = max(1, int(mp.nint(largest)))
    top, total = term(start), mpf(0)
    for step in (1, -1):
        j = start + (step < 0) * step
        while j >= 1:
            add = mp.exp(term(j) - top)
            total += add
            if add < mpf(10) ** -45 * total:
                break
            j += step
    return -rate - y / scale - mp.log(y) + top + mp.log(total)


def inversion(y, mu, phi, p):
    """The same from the integral; the atom at 0 and the lattice of the summands must be negligible."""
    n, shape = y ** (2 - p) / phi, (2 - p) / (p - 1)

    def integrand(t):
        u = mp.mpc(0, t)
        return mp.exp(n * (u + (mp.exp(-shape * mp.log(1 + (p - 1) * u)) - 1) / (2 - p))).real

    reach = 13 / mp.sqrt(n)
    integral = 2 * mp.quad(integrand, mp.linspace(0, reach, 9))
    deviance = 2 * (y ** (2 - p) / ((1 - p) * (2 - p)) - y * mu ** (1 - p) / (1 - p) + mu ** (2 - p) / (2 - p))
    return mp.log(n * integral / (2 * mp.pi)) - mp.log(y) - deviance / (2 * phi)


def reference(y, mu, phi, p):
    y, mu, phi, p = (mpf(v) for v in (y, mu, phi, p))
    if p == 2:
        k = 1 / phi
        return k * mp.log(k * y / mu) - k * y / mu - mp.log(y) - mp.loggamma(k)
    value = series(y, mu, phi, p)
    n = y ** (2 - p) / phi
    if value is None or (n >= FAST and n * (p - 1) / (2 - p) > 40):
        other = inversion(y, mu, phi, p)
        if value is not None and abs(other - value) > DIGITS * max(1, abs(value)):
            raise SystemExit(f"series {value} and inversion {other} differ at {y, mu, phi, p}")
        value = other
    return value


def points():
    rng = random.Random(20250607)
    for p in (1.01, 1.05, 1.2, 1.5, 1.75, 1.95, 1.99):
        for phi in (1e-4, 1e-2, 1.0, 1e2, 1e4):
            for ratio in (0.0, 1e-6, 1e-2, 0.75, 1.0, 1.5, 1e2, 1e6):
                yield ratio, 1.0, phi, p
    for _ in range(400):
        mu = 10.0 ** rng.uniform(-4, 5)
        y = mu * 10.0 ** rng.uniform(-6, 6)
        yield y, mu, 10.0 ** rng.uniform(-4, 4), rng.uniform(1.01, 1.99)
    for _ in range(150):  # everyday figures
        mu = 10.0 ** rng.uniform(0, 4)
        yield mu * 10.0 ** rng.uniform(-1.5, 1.5), mu, 10.0 ** rng.uniform(-1, 3), rng.uniform(1.2, 1.8)
    for p in (1.0001, 1.001, 1.999, 1.9999, 2.0):  # beyond the range of the bar
        for _ in range(12):
            yield 10.0 ** rng.uniform(-3, 3), 1.0, 10.0 ** rng.uniform(-3, 3), p


def main():
    mp.dps = 60
    rows = []
    for y, mu, phi, p in points():
        value = reference(y, mu, phi, p)
        if not mp.isfinite(value):
            raise SystemExit(f"not finite at {y, mu, phi, p}")
        if abs(value) > mpf(10) ** 300:
            continue
        rows.append(f"    {{{y!r}, {mu!r}, {phi!r}, {p!r}, {float(value)!r}}},")
    text = [
        "// Log densities of Tweedie laws. Written by generate_tweedie.py: edit that file, not this one.",
        "// clang-format off",
        "#pragma once",
        '#include "deciban/base/config.hpp"',
        "",
        "namespace deciban {",
        "namespace math {",
        "namespace testing {",
        "",
        "struct TweediePoint {",
        "  double y, mu, phi, p, log_density;",
        "};",
        "inline constexpr TweediePoint kTweediePoints[] = {",
        *rows,
        "};",
        "",
        "}  // namespace testing",
        "}  // namespace math",
        "}  // namespace deciban",
        "",
    ]
    Path(__file__).with_name("tweedie_reference.hpp").write_text("\n".join(text), encoding="utf-8")


if __name__ == "__main__":
    main()
