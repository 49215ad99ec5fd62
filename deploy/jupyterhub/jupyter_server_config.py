"""Everybody's Jupyter server. `install.sh` copies it into the etc/jupyter/ of instructors and students."""

c = get_config()  # noqa: F821 (Jupyter puts it here)

# Formgrader is a page within a page of the same server, which JupyterHub forbids unless told otherwise.
c.ServerApp.tornado_settings = {"headers": {"Content-Security-Policy": "frame-ancestors 'self'"}}

# Nothing is fetched from elsewhere: no news, no question about news, no catalogue of extensions.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"

# A log-in shell would forget the PATH on which `autograder`, `nbgrader` and the course's Python are.
c.ServerApp.terminado_settings = {"shell_command": ["/bin/bash"]}
