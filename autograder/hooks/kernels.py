"""Kernels that talk over sockets in a folder that only this user may enter, so that no port is opened."""

import os
import tempfile
from typing import Any

from jupyter_client.manager import AsyncKernelManager


class PrivateKernelManager(AsyncKernelManager):
    """A kernel manager whose sockets and connection file lie in a private folder, which goes with it."""

    def __init__(self, **settings: Any) -> None:
        self._room = tempfile.TemporaryDirectory(prefix="nbgrader-kernel-")
        super().__init__(**settings)
        self.transport = "ipc"
        self.ip = os.path.join(self._room.name, "kernel")
        self.connection_file = os.path.join(self._room.name, "kernel.json")

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        """Let the kernel's resources go, and unless it starts again the folder too."""
        await super()._async_cleanup_resources(restart=restart)
        if not restart:
            self._room.cleanup()
