"""An interrupt waits where native code is at work, and is not forgotten."""

# ruff: noqa: PT012 - what happens within is what is tested

import signal
import threading

import pytest

from qbr_lib.data.interrupts import held


@pytest.fixture(autouse=True)
def handled():
    """Handle signals as the command line does."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {one: signal.signal(one, signal.default_int_handler) for one in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_waits_for_the_end(number):
    """What is at work comes to its end first; then the interrupt is raised."""
    done = []
    with pytest.raises(KeyboardInterrupt), held():
        signal.raise_signal(number)
        done.append("whole")
    assert done == ["whole"]
    assert signal.getsignal(number) is signal.default_int_handler


def test_a_second_one_does_not_wait():
    """Whoever is impatient is not kept waiting."""
    with pytest.raises(KeyboardInterrupt), held():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("it went on")


def test_a_query_that_was_interrupted():
    """What native code makes of an interrupt counts as one; any other error stays what it is."""
    with pytest.raises(KeyboardInterrupt), held():
        signal.raise_signal(signal.SIGINT)
        raise RuntimeError("Query interrupted")
    with pytest.raises(RuntimeError, match="disk"), held():
        raise RuntimeError("disk")


def test_nested():
    """The outer one of two is waited for."""
    done = []
    with pytest.raises(KeyboardInterrupt), held():
        with held():
            signal.raise_signal(signal.SIGINT)
        done.append("inner")
    assert done == ["inner"]


def test_elsewhere_nothing_is_held():
    """In a thread no handler can be set, and none is."""
    found = []

    def work():
        with held():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]


def test_what_is_ignored_stays_ignored():
    """A worker whose run alone ends it is not made to listen."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with held():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
