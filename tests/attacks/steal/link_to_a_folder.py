"""Beside the notebook lies a link to the folder of all submissions."""


def hand_in(path):
    (path.parent / "data").symlink_to(path.parents[2] / "ada")
