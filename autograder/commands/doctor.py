"""`autograder doctor`: does the seal hold on this machine?"""

import argparse
from typing import Any

from autograder.errors import GRADED, REFUSED
from autograder.sealing import probe, sandboxes


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("doctor", help="probe the seal", description=run.__doc__)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Probe the seal from inside and print what holds."""
    with sandboxes.Sandbox(["momentum"]) as sandbox:
        findings = probe.examine(sandbox)
    for finding in findings:
        said = f"   ({finding.said})" if finding.said else ""
        print(f"{'✓' if finding.holds else '✗'} {finding.name:<13} {finding.claim}{said}")
    holds = all(finding.holds for finding in findings)
    print(
        "\nThe seal holds." if holds else "\nThe seal does NOT hold: `autograder grade` refuses to work here."
    )
    return GRADED if holds else REFUSED
