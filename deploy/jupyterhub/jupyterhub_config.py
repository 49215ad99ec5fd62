"""The hub: who may log in, what runs for them, and what they reach. `install.sh` copies it to PREFIX/etc/."""

import grp
from pathlib import Path

c = get_config()  # noqa: F821 (JupyterHub puts it here)

PREFIX = Path(__file__).resolve().parents[1]
STATE = PREFIX / "state"
INSTRUCTORS, STUDENTS = "course-instructors", "course-students"

# Passwords cross the network only in TLS: with a certificate the hub answers to everybody, without one to
# this machine alone (for a web server in front of it, which has the certificate).
CERTIFICATE, KEY = PREFIX / "etc" / "tls.crt", PREFIX / "etc" / "tls.key"
if CERTIFICATE.exists() and KEY.exists():
    c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = str(CERTIFICATE), str(KEY)
    c.JupyterHub.bind_url = "https://:443"
else:
    c.JupyterHub.bind_url = "http://127.0.0.1:8000"

# A domain of its own for each user's server, so that a page which a student's server shows to others reaches
# nothing of theirs in their browser. The certificate and the name server must know *.DOMAIN too.
DOMAIN = PREFIX / "etc" / "domain"
if DOMAIN.exists():
    c.JupyterHub.subdomain_host = f"https://{DOMAIN.read_text().strip()}"

# What the hub remembers lies where only root can read: who is logged in, and the keys to it.
c.JupyterHub.db_url = f"sqlite:///{STATE / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
c.ConfigurableHTTPProxy.command = [
    str(PREFIX / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy")
]

# Accounts are the system's, passwords too (PAM). Who is in neither group is not let in. Nobody administers
# the hub in a browser: accounts are made on the machine, and no page opens another one's server.
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.admin_users = set()
c.LocalAuthenticator.allowed_groups = {INSTRUCTORS, STUDENTS}
c.PAMAuthenticator.open_sessions = False  # sessions are for log-ins at a terminal

# Each server is a process of its user's, so that the system's own permissions keep people apart.
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.default_url = "/lab"
c.Spawner.http_timeout = c.Spawner.start_timeout = 120  # a class of a hundred begins at the same minute


def environment_of(spawner):
    """Give an instructor the environment with the grader and Formgrader, and everybody else the students'."""
    instructor = spawner.user.name in grp.getgrnam(INSTRUCTORS).gr_mem
    programs = PREFIX / ("instructors" if instructor else "students") / "bin"
    spawner.cmd = [str(programs / "jupyterhub-singleuser")]
    spawner.environment = {
        "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin"
    }  # nbgrader calls alembic by name


c.Spawner.pre_spawn_hook = environment_of

# What is changed here is kept when the script runs again.
if (PREFIX / "etc" / "extra.py").exists():
    load_subconfig("extra.py", path=str(PREFIX / "etc"))  # noqa: F821 (and this)
