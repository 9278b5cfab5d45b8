"""`flask moota doctor`: whether everything is in place to take money."""

import click
from click.exceptions import Exit

from .. import doctor as doctor_
from .output import as_json, command, show

_MARKS = {"ok": "ok     ", "warning": "WARNING", "error": "ERROR  "}


@click.command()
@as_json
@command
def doctor(*, as_json: bool) -> None:
    """Check every precondition of taking money, and say the one thing to do; exit status 1 when one is not met."""
    findings = doctor_.examine()
    status = doctor_.worst(findings)
    document = {
        "status": status,
        "checks": [
            {"name": each.name, "status": each.status, "message": each.message, "remedy": each.remedy}
            for each in findings
        ],
    }
    show(document, as_json=as_json, text="\n".join(_line(finding) for finding in findings))
    if status == "error":
        raise Exit(1)


def _line(finding: doctor_.Finding) -> str:
    line = f"{_MARKS[finding.status]}  {finding.name:<18} {finding.message}"
    return f"{line}\n{'':29}{finding.remedy}" if finding.remedy else line
