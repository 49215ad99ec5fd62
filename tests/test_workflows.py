"""What the code host runs: few rights, pinned actions, commands that exist."""

import pathlib
import re

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")

each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


PAGES = ROOT / ".github" / "workflows" / "pages.yml"
PARTS = {"book", "cards", "live_figures", "lite", "slides", "site"}
MADE = ["make PYTHON=python site", "make PYTHON=python check-slow"]
# Rights beyond reading: only the job that publishes has them, and it runs nothing of the repository's.
TO_PUBLISH = {"pages": "write", "id-token": "write"}


def jobs_of(path):
    """Return the jobs of a workflow, by name."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]


def commands_of(path):
    """Return what the steps of a workflow run."""
    return [step["run"] for job in jobs_of(path).values() for step in job["steps"] if "run" in step]


def test_there_is_a_workflow():
    """Would the tests below notice if the file were gone?"""
    assert [path.name for path in WORKFLOWS] == ["check.yml", "pages.yml"]


@each_workflow
def test_actions_are_pinned_by_digest(path):
    """Is every action named by a full commit digest, with its release in a comment?"""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    assert not [line for line in lines if not PINNED.search(line)]


@each_workflow
def test_an_action_has_one_version(path):
    """Is one action pinned to one digest everywhere?"""
    named = set(re.findall(r"uses: (\S+?)@(\S+)", path.read_text(encoding="utf-8")))
    assert len(named) == len({action for action, _ in named})


@each_workflow
def test_the_rights_are_to_read(path):
    """May a run read the repository and nothing else, but to publish, and keep no token on disk?"""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        if "permissions" in job:
            assert job["permissions"] == TO_PUBLISH
            assert not [step for step in job["steps"] if "run" in step]
            assert [step["uses"].partition("@")[0] for step in job["steps"]] == ["actions/deploy-pages"]
            assert job["if"] == "github.ref == 'refs/heads/main'"
            continue
        checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert [step["with"]["persist-credentials"] for step in checkouts] == [False]
    assert "secrets." not in path.read_text(encoding="utf-8")
    assert "pull_request_target" not in path.read_text(encoding="utf-8")


@each_workflow
def test_only_what_is_published_may_publish(path):
    """Has one job of pages.yml further rights, and none elsewhere, and does it wait for the tests?"""
    jobs = jobs_of(path)
    rights = [name for name, job in jobs.items() if "permissions" in job]
    assert rights == (["deploy"] if path.name == "pages.yml" else [])
    for name in rights:
        made = [
            step.get("run") or step["uses"].partition("@")[0] for step in jobs[jobs[name]["needs"]]["steps"]
        ]
        site, tests, upload = map(made.index, [*MADE, "actions/upload-pages-artifact"])
        assert site < tests < upload


def test_all_that_is_published_is_tested():
    """Does the workflow that publishes run the tests of each part, and do these files exist?"""
    (step,) = [step for step in jobs_of(PAGES)["build"]["steps"] if step.get("run") == MADE[1]]
    files = step["env"]["ARGS"].split()
    assert set(files) == {f"tests/test_{part}.py" for part in PARTS}
    assert all((ROOT / file).exists() for file in files)


@each_workflow
def test_runs_end(path):
    """Has every job a limit of time, and does a newer push to a pull request stop the older run?"""
    assert not [name for name, job in jobs_of(path).items() if "timeout-minutes" not in job]
    assert "concurrency" in yaml.safe_load(path.read_text(encoding="utf-8"))


@each_workflow
def test_no_command_is_made_of_what_others_write(path):
    """Does no command contain an expression, into which a branch's name could put a command?"""
    assert not [command for command in commands_of(path) if "${{" in command]


@each_workflow
def test_make_has_the_targets(path):
    """Is each `make` of a step a target of the Makefile?"""
    words = [word for command in commands_of(path) for word in re.findall(r"\bmake ([^\n]*)", command)]
    targets = {word for line in words for word in line.split() if "=" not in word}
    assert targets <= TARGETS
    assert targets == ({"site", "check-slow"} if path == PAGES else {"check", "check-slow"})


@each_workflow
def test_what_is_left_out_exists(path):
    """Is each file that a step ignores one of ours?"""
    ignored = [name for command in commands_of(path) for name in re.findall(r"--ignore=(\S+)", command)]
    assert not [name for name in ignored if not (ROOT / name).exists()]


def test_every_python_that_is_promised_is_tried():
    """Does `make check` run on the oldest Python of pyproject.toml and the three after it?"""
    assert jobs_of(PAGES.with_name("check.yml"))["course"]["strategy"]["matrix"]["python"] == [
        "3.11",
        "3.12",
        "3.13",
        "3.14",
    ]
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_continuous_integration_runs_the_whole_check():
    """Does `.ci/run` lint as well as test?"""
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "make check"
