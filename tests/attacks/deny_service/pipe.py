"""A named pipe under the name of a notebook: whoever opens it waits for ever."""

import os


def hand_in(path):
    path.unlink()
    os.mkfifo(path)
