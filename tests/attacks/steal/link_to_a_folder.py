"""Beside the notebook lies a link to the folder of all submissions."""


def hand_in(path):
    (path.parent / "data").symlink_to(path.parents[2] / "ada")


STOPPED_BY_PLAIN = "nbgrader does not give that folder back; one that copies what a link shows would"
