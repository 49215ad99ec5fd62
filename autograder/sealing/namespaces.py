"""Why the system keeps a program from making user namespaces, which the seal is made of, and what helps."""

import os
from pathlib import Path

# In order: setting of the kernel, value that forbids, what it means, what the administrator does.
SETTINGS = (
    (
        "user.max_user_namespaces",
        "0",
        "the kernel makes no user namespaces",
        "the administrator allows some with `sysctl --write user.max_user_namespaces=10000`",
    ),
    (
        "kernel.unprivileged_userns_clone",
        "0",
        "only root may make user namespaces",
        "the administrator allows them with `sysctl --write kernel.unprivileged_userns_clone=1`",
    ),
    (
        "kernel.apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor keeps user namespaces from programs whose profile does not allow them, as {program}'s",
        "the administrator installs the system's bubblewrap, copies deploy/jupyterhub/bwrap.apparmor to "
        "/etc/apparmor.d/bwrap and loads it with `apparmor_parser --replace /etc/apparmor.d/bwrap`, or lifts "
        "the restriction with `sysctl --write kernel.apparmor_restrict_unprivileged_userns=0`",
    ),
)


def why_refused(program: str, proc: Path = Path("/proc")) -> str:
    """Look for the setting of the kernel that forbids user namespaces; root needs none, so none stops root.

    Args:
        program: The bubblewrap that is used, a path.
        proc: Where the kernel shows its settings.

    Returns:
        What forbids them and what the administrator does about it, one sentence; empty if no setting does.
    """
    if os.geteuid() == 0:
        return ""
    for name, forbidding, meaning, remedy in SETTINGS:
        try:
            value = (proc / "sys" / name.replace(".", "/")).read_text().strip()
        except OSError:  # a kernel without this setting
            continue
        if value == forbidding:
            return f"{meaning.format(program=program)} ({name} is {value}): {remedy}"
    return ""
