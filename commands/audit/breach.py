"""What is said of a promise that was not kept."""

from commands.audit.finding import Finding, Verdict
from commands.audit.script import Promise


def broken(verdict: Verdict, promise: Promise, expected: str, found: str) -> Finding:
    """Return the finding about a promise; whom to suspect is told by the other checks."""
    return Finding(
        verdict=verdict,
        what=f"第 {promise.step} 步",
        who=promise.who,
        expected=expected,
        found=found,
        culprit="",
    )
