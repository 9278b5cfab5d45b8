"""The demo's children: their lines are named, they end together, and none outlives the demo."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storefront.crew import ChildEnded, Crew

# Says its own process id and that of a child of its own, then waits.
CHILD = "import os,subprocess,time;print(os.getpid(),subprocess.Popen(['sleep','60']).pid,flush=True);time.sleep(60)"
PARENT = f"""
import signal, sys
from storefront.crew import Crew
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.default_int_handler)
with Crew({{}}) as crew:
    crew.start("one", [sys.executable, "-c", {CHILD!r}])
    crew.start("two", [sys.executable, "-c", {CHILD!r}])
    while True:
        crew.watch(0.1)
"""


def is_running(pid):
    """Zombies count as ended: whether somebody collects them is not ours."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def all_end(pids, within=30.0):
    deadline = time.monotonic() + within
    while any(map(is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(is_running, pids))


@pytest.fixture
def demo():
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        lines = [process.stdout.readline() for _ in range(2)]
        pids = [int(word) for line in lines for word in line.split()[1:]]
        assert sorted(line.split()[0] for line in lines) == ["[one]", "[two]"]
        yield process, pids
        process.kill()
        process.stdout.close()
        for pid in filter(is_running, pids):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_no_process_is_left_when_the_demo_is_told_to_end(demo, number):
    process, pids = demo

    process.send_signal(number)
    process.wait(60)

    assert len(pids) == 4
    assert all_end(pids)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_the_children_end_even_when_the_demo_is_killed(demo):
    process, pids = demo

    process.kill()
    process.wait(60)

    assert all_end(pids[::2])


def run(command, name="bank"):
    with Crew(os.environ) as crew:
        crew.start(name, [sys.executable, "-u", "-c", command])
        while True:
            crew.watch(0.05)


def test_a_child_that_ends_is_named_with_its_status(capfd):
    with pytest.raises(ChildEnded, match=r"\[worker\] has ended by itself \(exit status 3\)"):
        run("print('out of work'); raise SystemExit(3)", name="worker")

    assert "[worker] out of work\n" in capfd.readouterr().out


def test_lines_stay_whole_and_a_last_one_without_end_is_shown(capfd):
    with pytest.raises(ChildEnded):
        run("import sys,time;print('half',end='');time.sleep(.2);print(' and half');sys.stderr.write('caf\\xe9 last')")

    assert capfd.readouterr().out == "[bank]  half and half\n[bank]  café last\n".replace("[bank]  ", "[bank]   ")


def test_a_child_that_does_not_obey_is_ended_by_force(monkeypatch):
    monkeypatch.setattr("storefront.crew.STOP_WITHIN_SECONDS", 0.3)
    stubborn = "import signal,time;signal.signal(signal.SIGTERM,signal.SIG_IGN);print('ready');time.sleep(60)"

    with Crew(os.environ) as crew:
        crew.start("shop", [sys.executable, "-u", "-c", stubborn])
        crew.watch(5)
        started = time.monotonic()

    assert time.monotonic() - started < 3


def test_the_handlers_of_signals_are_as_before():
    before = signal.getsignal(signal.SIGINT)

    with Crew(os.environ):
        pass

    assert signal.getsignal(signal.SIGINT) is before
