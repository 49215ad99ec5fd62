"""Names that an instructor mistypes, folders that a student misplaces: each is told, none is passed over."""

import dataclasses
import types

import pytest

from autograder.books.courses import Course
from autograder.errors import CourseError
from autograder.marking.marked import Marked
from autograder.marking.verdicts import Item
from autograder.running.rounds import Summary


@pytest.fixture
def course(tmp_path):
    for folder in ("solutions/06_momentum", "submitted/Ada/06_momentum", "submitted/Fay/6_momentum"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "solutions" / "06_momentum" / "06_momentum.ipynb").touch()
    (tmp_path / "submitted" / "Gus").mkdir()
    (tmp_path / "submitted" / "Gus" / "work\x1b[31m.ipynb").touch()
    directory = types.SimpleNamespace(
        root=tmp_path, source_directory="solutions", submitted_directory="submitted"
    )
    return Course(directory, None)


def test_misplaced_work_is_told_with_what_was_meant(course):
    """Is a folder under a wrong name named, without letting a file name write to the terminal?"""
    assert course.misplaced() == ["Fay: 6_momentum (did you mean 06_momentum?)", "Gus: work?[31m.ipynb"]


@pytest.mark.parametrize(("name", "meant"), [("06_momentun", "; did you mean 06_momentum?"), ("xyz", "")])
def test_an_unknown_name_is_refused(course, name, meant):
    """Does a mistyped lesson end in a sentence, and not in a class that was not graded?"""
    assert course.known_lessons(["06_momentum"]) == ["06_momentum"]
    with pytest.raises(CourseError) as raised:
        course.known_lessons([name])
    assert str(raised.value) == f"there is no lesson {name}{meant}"


def test_hints_are_counted_for_those_who_are_skipped_too():
    """Does the summary say what the class misunderstood, whoever was graded just now?"""
    summary = Summary()
    item = Item("momentum", 1.0, 4.0, "wrong", "", "swaps_beta")
    summary.add("Ada", "06_momentum", Marked((item,), "", {}, frozenset(), ()))
    summary.count_hints([item, dataclasses.replace(item, hint="")])
    assert summary.hints == {"momentum: swaps_beta": 2} and summary.graded == 1
