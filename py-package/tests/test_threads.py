"""Threads change no bit, other Python threads run meanwhile, and Ctrl-C stops the work."""

import _thread
import concurrent.futures
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from conftest import bits, fit

import deciban
from deciban import InputError

ROWS = 4_000_000  # a second and more on one thread
FORMULA = "claim_count ~ area + vehicle_brand + driver_age + log(density)"


@pytest.fixture(scope="module")
def portfolio():
    return deciban.simulate_portfolio(100_003, seed=4, frame="dict")


def frequency(portfolio, **more):
    return deciban.fit_glm(FORMULA, portfolio, "poisson", exposure="exposure", **more)


def test_threads_change_no_bit(portfolio):
    one = frequency(portfolio, n_threads=1)
    for n_threads in (2, 3, 7):
        more = frequency(portfolio, n_threads=n_threads)
        assert more.to_json() == one.to_json()
        assert bits(more.predict(portfolio, n_threads=n_threads)) == bits(one.predict(portfolio, n_threads=1))


def test_the_environment_gives_the_number_of_threads(portfolio, motor, model, monkeypatch, raises):
    monkeypatch.setenv("DECIBAN_NUM_THREADS", "3")
    assert bits(fit(motor).params) == bits(model.params)
    monkeypatch.setenv("DECIBAN_NUM_THREADS", "")
    assert bits(fit(motor).params) == bits(model.params)
    for wrong in ("0", "-1", "many", "2.5"):
        monkeypatch.setenv("DECIBAN_NUM_THREADS", wrong)
        with raises(InputError, "input.n_threads"):
            fit(motor)
        assert bits(fit(motor, n_threads=1).params) == bits(model.params)


@pytest.mark.parametrize("n_threads", [2, np.int64(2), np.uint8(2), 2.0])
def test_n_threads_is_a_whole_number(n_threads, motor, model):
    assert bits(fit(motor, n_threads=n_threads).params) == bits(model.params)


def test_other_python_threads_run_meanwhile(portfolio):
    ticks, stop = [], threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.001)

    ticking = threading.Thread(target=tick)
    ticking.start()
    begin = time.monotonic()
    frequency(portfolio, n_threads=1)
    end = time.monotonic()
    stop.set()
    ticking.join()
    assert sum(begin < moment < end for moment in ticks) >= 3


def test_fits_from_several_python_threads(portfolio):
    expected = frequency(portfolio, n_threads=1).to_json()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        fits = [pool.submit(frequency, portfolio, n_threads=2) for _ in range(4)]
        assert all(one.result().to_json() == expected for one in fits)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_fits(portfolio):
    expected = frequency(portfolio, n_threads=2).to_json()  # the parent has had threads
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if frequency(portfolio, n_threads=2).to_json() == expected else 1)
        finally:
            os._exit(2)
    for _ in range(600):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        time.sleep(0.1)
    else:
        os.kill(child, signal.SIGKILL)
    assert done == child
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.fixture
def listening():
    """A runner that was started in the background ignores SIGINT, and Python inherits that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listening")
def test_ctrl_c_comes_out_as_keyboard_interrupt():
    timer = threading.Timer(0.1, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        deciban.simulate_portfolio(ROWS, n_threads=1, frame="dict")
    timer.join()


@pytest.mark.usefixtures("listening")
def test_ctrl_c_ends_a_fit_and_the_next_one_works(motor, model):
    rng = np.random.default_rng(5)
    n, p = 400_000, 60
    data = {f"x{j}": rng.random(n, dtype=np.float32) for j in range(p)}
    data["y"] = rng.poisson(1.0, n)
    formula = "y ~ " + " + ".join(f"x{j}" for j in range(p))
    timer = threading.Timer(0.2, _thread.interrupt_main)
    timer.start()
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        for _ in range(100):
            deciban.fit_glm(formula, data, "poisson", n_threads=1)
    assert time.monotonic() - begin < 20
    timer.join()
    assert bits(fit(motor).params) == bits(model.params)


class Alarmed(Exception):
    pass


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs setitimer")
def test_what_a_signal_handler_raises_comes_out():
    def handler(number, frame):
        raise Alarmed

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Alarmed):
            deciban.simulate_portfolio(ROWS, n_threads=2, frame="dict")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_nothing_but_numpy_is_imported():
    code = (
        "import sys; before = set(sys.modules); import numpy; numpys = {m.split('.')[0] for m in sys.modules};"
        "import deciban; print(sorted({m.split('.')[0] for m in sys.modules} - numpys - set(sys.stdlib_module_names)))"
    )
    if sys.version_info < (3, 10):
        pytest.skip("needs sys.stdlib_module_names")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['deciban']"


def test_fits_without_pandas_import_nothing():
    code = (
        "import sys, deciban\n"
        "data = {'y': [1.0, 2.0, 4.0], 'f': ['a', 'b', 'a']}\n"
        "model = deciban.fit_glm('y ~ f', data, 'gaussian')\n"
        "model.params, model.relativities, model.coef_table(), model.fittedvalues, model.predict(data), model.summary()\n"
        "print([m for m in ('pandas', 'polars', 'pyarrow', 'scipy', 'narwhals') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""
