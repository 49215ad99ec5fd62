"""The ten broken training logs of lesson 12: real runs, made anew."""

import gzip

import numpy as np
import pytest

from course_lib import training_logs
from tests import training_logs as maker


@pytest.mark.parametrize("name", training_logs.NAMES)
def test_the_run_gives_the_log_again(name):
    """Does the run that is said to have made a log make it again, until chaos takes over?"""
    with np.errstate(all="ignore"):
        anew = maker.run(maker.FAULTS[name][1])
    kept = np.array(training_logs.read(name)).T
    # Where a fault makes small differences grow, the last digits of another machine show before the end.
    rows = {"J": 20, "D": 90, "G": 97}.get(name, 240)
    np.testing.assert_allclose(kept[:rows], anew[:rows], rtol=2e-3, atol=1e-12)


def test_the_healthy_run_is_healthy():
    """Does the run without a fault learn, so that each fault is what its log shows?"""
    log = training_logs.Log(*maker.run(maker.HEALTHY).T)
    assert log.validation_accuracy[-1] > 0.93 and log.train_accuracy[-1] > 0.97


def test_the_answers_are_those_of_the_maker():
    """Is each diagnosis of the exercise the fault that the maker planted?"""
    assert training_logs.diagnose_logs() == {name: fault for name, (fault, _) in maker.FAULTS.items()}


def test_the_stub_lists_every_diagnosis():
    """Does the docstring of the exercise name all diagnoses, and are two of them nobody's?"""
    listed = [
        line.strip(' -`"') for line in training_logs.diagnose_logs.__doc__.splitlines() if "- `" in line
    ]
    assert tuple(listed) == training_logs.DIAGNOSES
    assert len(set(training_logs.DIAGNOSES) - set(training_logs.diagnose_logs().values())) == 2


def test_the_file_is_small_and_holds_no_answer():
    """Is the data small, and does it name no fault?"""
    content = gzip.decompress(training_logs.PATH.read_bytes()).decode()
    assert training_logs.PATH.stat().st_size < 150_000
    assert not [diagnosis for diagnosis in training_logs.DIAGNOSES if diagnosis in content]


def test_a_log_that_is_not_there():
    """Is an unknown name refused in a sentence?"""
    with pytest.raises(ValueError, match="name must be one of 'A', 'B'"):
        training_logs.read("K")
