"""A line is put into the grader's journal that says that all is graded."""

ANSWER = r"""
import os

for place in ("../../..", "{COURSE}"):
    try:
        os.makedirs(place + "/.autograder", exist_ok=True)
        with open(place + "/.autograder/journal.jsonl", "a") as file:
            file.write('{"lesson": "06_momentum", "student": "zoe", "digest": "", "items": []}\n')
    except OSError as error:
        print(error)
"""
