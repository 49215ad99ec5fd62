"""What a student of a hub tries from their own kernel: each function returns what it got hold of, a list.

`tests/test_hub.py` writes this into a notebook of the attacker's, with `FACTS` above it, and runs it there.
"""

import http.client
import json
import os
import pathlib
import shutil
import subprocess

FACTS = {}  # prefix, exchange, lesson, address of the hub and its proxy, others: name → home


def gains(act):
    """Return what an attempt gives, or None where the system refuses it."""
    try:
        return act()
    except OSError:
        return None


def reads_anothers_home():
    """Look for answers, solutions, the gradebook and the secret."""
    found = []
    for home in map(pathlib.Path, FACTS["others"].values()):
        course, lesson = home / "optimization", FACTS["lesson"]
        files = [home / lesson / f"{lesson}.ipynb", course / "solutions" / lesson / f"{lesson}.ipynb"]
        files += [course / name for name in ("gradebook.db", ".autograder-secret", "nbgrader_config.py")]
        files += [home / ".local/share/jupyter/runtime/jupyter_cookie_secret"]
        found += [str(path) for path in files if gains(path.read_bytes) is not None]
        found += [
            str(path) for path in (home, course) if gains(lambda path=path: os.listdir(path)) is not None
        ]
    return found


def reads_what_others_handed_in():
    """List the exchange's inbox and its feedback."""
    found = []
    for name in ("inbound", "feedback"):
        found += gains(lambda name=name: os.listdir(os.path.join(FACTS["exchange"], name))) or []
    return found


def changes_the_exchange():
    """Rename, write and remove what is the instructor's."""
    exchange = pathlib.Path(FACTS["exchange"])
    released = exchange / "outbound" / FACTS["lesson"] / f"{FACTS['lesson']}.ipynb"
    attempts = {
        "rename the course": lambda: exchange.rename(exchange.with_name("mine")) or True,
        "rename the inbox": lambda: (exchange / "inbound").rename(exchange / "inbox") or True,
        "a lesson of my own": lambda: (exchange / "outbound" / "mine").mkdir() or True,
        "write a lesson": lambda: released.open("r+b").close() or True,
        "remove a lesson": lambda: released.unlink() or True,
        "write feedback": lambda: (exchange / "feedback" / "mine.html").touch() or True,
        "open the inbox": lambda: (exchange / "inbound").chmod(0o777) or True,
    }
    return [what for what, act in attempts.items() if gains(act)]


def reads_or_changes_the_hub():
    """Read the hub's memory, and write where others' programs come from."""
    prefix = pathlib.Path(FACTS["prefix"])
    found = gains(lambda: os.listdir(prefix / "state")) or []
    for name in ("etc", "hub/bin", "students/bin", "students/etc/jupyter", "instructors/bin", "proxy"):
        found += [name] if gains(lambda name=name: (prefix / name / "mine").touch() or True) else []
    return found


def reads_other_processes():
    """Look for tokens in the environment of other users' processes."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        about = gains(lambda pid=pid: os.stat(f"/proc/{pid}"))
        if about and about.st_uid != os.getuid() and gains(pathlib.Path(f"/proc/{pid}/environ").read_bytes):
            found.append(pid)
    return found


def becomes_somebody_else():
    """Ask for more rights."""
    commands = [["sudo", "-n", "id"], ["su", "-c", "id"], ["su", next(iter(FACTS["others"])), "-c", "id"]]
    asked = [command for command in commands if shutil.which(command[0])]
    run = {"stdin": subprocess.DEVNULL, "capture_output": True}
    return [command for command in asked if subprocess.run(command, check=False, **run).returncode == 0]


def answer(port, method, path, host=None, seconds=20, **headers):
    """Return the status that a server of this machine answers with, and how its answer begins."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        body = b"{}" if method == "POST" else None
        connection.request(method, path, body, {**headers, **({"Host": host} if host else {})})
        reply = connection.getresponse()
        return reply.status, reply.read(200)
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def own_token():
    """Return headers with the token that the hub gave to this server."""
    return {"Authorization": f"token {os.environ['JUPYTERHUB_API_TOKEN']}"}


def commands_the_hub():
    """Ask the hub's API, with the own token, for what is others'."""
    port = int(os.environ["JUPYTERHUB_API_URL"].split(":")[2].split("/")[0])
    asked = [
        ("GET", "users"),
        ("GET", "groups"),
        ("GET", "proxy"),
        ("POST", "shutdown"),
        ("POST", "groups/mine"),
    ]
    for name in FACTS["others"]:
        asked += [
            ("GET", f"users/{name}"),
            ("POST", f"users/{name}/tokens"),
            ("DELETE", f"users/{name}/server"),
        ]
        asked += [("POST", f"users/{name}/server"), ("POST", f"shares/{name}/")]
    found = []
    for method, path in asked:
        status, said = answer(port, method, f"/hub/api/{path}", **own_token())
        # Of lists the hub shows the part that is one's own.
        if (200 <= status < 300 and any(name.encode() in said for name in FACTS["others"])) or status == 202:
            found.append([method, path, status])
    return found


def commands_the_proxy():
    """Ask the proxy where it leads to, and lead it elsewhere."""
    found = []
    for headers in ({}, own_token()):
        for method in ("GET", "POST"):
            status, _ = answer(FACTS["proxy_api"], method, "/api/routes", **headers)
            found += [[method, status]] if 200 <= status < 300 else []
    return found


def web_servers():
    """Return the ports of this machine at which somebody speaks HTTP."""
    lines = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ports = sorted({int(words[1].split(":")[1], 16) for words in lines if words[3] == "0A"})
    return [port for port in ports if answer(port, "GET", "/", seconds=3)[0]]


def enters_anothers_server():
    """Ask others' servers for files, kernels, terminals, Formgrader: directly, and by the front door."""
    found = []
    pages = ("api/contents", "api/kernels", "api/terminals", "lab", "formgrader/manage_assignments")
    domain = FACTS["address"].split("//")[1]
    doors = [(port, None) for port in web_servers()]
    doors += [(int(domain.split(":")[1]), "{name}." + domain)]
    for port, host in doors:
        for name in FACTS["others"]:
            for page in pages:
                for headers in ({}, own_token()):
                    place = host.format(name=name) if host else None
                    status, _ = answer(port, "GET", f"/user/{name}/{page}", place, **headers)
                    found += [[port, name, page, status]] if 200 <= status < 300 else []
            status, _ = answer(port, "POST", f"/user/{name}/api/kernels", None, **own_token())
            found += [[port, name, "a kernel", status]] if 200 <= status < 300 else []
    return found


def hands_in_for_others():
    """Fill the inbox with what `nbgrader submit` would not write; whether it counts, the test looks up."""
    inbox, lesson = pathlib.Path(FACTS["exchange"]) / "inbound", FACTS["lesson"]
    released = pathlib.Path(FACTS["exchange"]) / "outbound" / lesson
    for name, home in FACTS["others"].items():
        forged = inbox / f"{name}+{lesson}+2099-01-01 00:00:00.000000 UTC+forged"
        shutil.copytree(released, forged)
        solved = pathlib.Path(home) / "optimization" / "solutions" / lesson
        os.symlink(solved, inbox / f"{os.environ['USER']}+{lesson}+2099-01-01 00:00:00 UTC+{name}")
    (inbox / f"{os.environ['USER']}+{lesson}+never").mkdir()
    return []


ATTEMPTS = [
    reads_anothers_home,
    reads_what_others_handed_in,
    changes_the_exchange,
    reads_or_changes_the_hub,
    reads_other_processes,
    becomes_somebody_else,
    commands_the_hub,
    commands_the_proxy,
    enters_anothers_server,
    hands_in_for_others,
]


def main():
    """Try everything; write down what was got hold of."""
    gained = {}
    for attempt in ATTEMPTS:
        try:
            gained[attempt.__name__] = attempt()
        except Exception as error:
            gained[attempt.__name__] = [f"it broke: {error!r}"]
    pathlib.Path.home().joinpath("gained.json").write_text(json.dumps(gained))
