"""The public interface keeps its types for hosts that check theirs strictly."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def errors():
    """Check the hosts' files in strict mode; return what mypy said of each."""
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", ROOT / ".mypy_cache" / "hosts"]
    files = [HERE / "host_code.py", HERE / "wrong_host_code.py"]
    run = subprocess.run([*command, *files], cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [line for line in run.stdout.splitlines() if ": error: " in line]
    return {file.name: [line for line in lines if f"/{file.name}:" in line] for file in files}


def test_a_hosts_code_type_checks_strictly(errors):
    assert errors["host_code.py"] == []


def test_a_hosts_mistakes_are_found(errors):
    source = (HERE / "wrong_host_code.py").read_text().splitlines()
    wrong = {number for number, line in enumerate(source, 1) if "# wrong" in line}

    found = {int(re.search(r":(\d+): error", line).group(1)) for line in errors["wrong_host_code.py"]}

    assert found == wrong
