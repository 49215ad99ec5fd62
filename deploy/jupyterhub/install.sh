#!/usr/bin/env bash
# Sets up a hub for the course on a bare Debian or Ubuntu, or brings one up to date: run it as often as you like.
#
#     sudo deploy/jupyterhub/install.sh --instructor NAME [--prefix FOLDER]
#
# NAME is the account of the instructor, which is made if it is not there; FOLDER is /opt/course-hub unless said
# otherwise. Nothing in anybody's home, in the exchange or in the hub's memory is changed by a second run.
set -euo pipefail

stop() { echo "install.sh: $*" >&2; exit 1; }

prefix=/opt/course-hub instructor=
while [ $# -gt 0 ]; do
  case $1 in
    --instructor) instructor=${2:-}; shift 2 || stop "--instructor needs a name" ;;
    --prefix) prefix=${2:-}; shift 2 || stop "--prefix needs a folder" ;;
    *) stop "unknown argument $1; use --instructor NAME, and --prefix FOLDER if you like" ;;
  esac
done
[ -n "$instructor" ] || stop "say whose course it is: --instructor NAME"
[[ $instructor =~ ^[a-z][a-z0-9_-]*$ ]] || stop "$instructor cannot be an account: small letters and digits alone"
[ "$instructor" != root ] || stop "the instructor needs an account of their own, not root"
[[ $prefix = /* ]] || stop "--prefix needs a folder that begins with /"
[ "$(id -u)" = 0 ] || stop "only root can do this: use sudo"
command -v apt-get > /dev/null || stop "this needs Debian or Ubuntu"
python=/usr/bin/python3
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
umask 022

step() { echo "== $*"; }

step "packages of the system"
lacking=(bubblewrap libseccomp2 python3-venv)
command -v npm > /dev/null || lacking+=(nodejs npm)
for package in "${lacking[@]}"; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed && continue
  export DEBIAN_FRONTEND=noninteractive
  apt-get update --quiet
  apt-get install --yes --quiet --option DPkg::Lock::Timeout=600 "${lacking[@]}"
  break
done
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop "this needs Debian 12, Ubuntu 24.04 or newer"

step "groups and folders"
for group in course-instructors course-students; do
  getent group "$group" > /dev/null || groupadd "$group"
done
install --directory --mode 755 "$prefix" "$prefix/etc" "$prefix/wheel"
install --directory --mode 700 "$prefix/state"

step "Python's packages: the hub's own, the instructors' and the students'"
for environment in hub instructors students; do
  [ -x "$prefix/$environment/bin/python" ] || "$python" -m venv "$prefix/$environment"
done
"$prefix/hub/bin/python" -m pip install --quiet --disable-pip-version-check "uv>=0.9"
# --project: the lock's versions, wherever this is called; uv trusts the certificates that the system trusts.
uv() { UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1} "$prefix/hub/bin/uv" --quiet --project "$checkout" "$@"; }
locked=$prefix/etc/locked.txt
uv export --frozen --no-dev --all-extras --no-emit-project --no-hashes --no-header --no-annotate > "$locked"
hub=$here/requirements.txt
uv pip install --python "$prefix/hub/bin/python" --requirement "$hub"
uv pip install --python "$prefix/instructors/bin/python" --constraint "$locked" --requirement "$hub" \
  --reinstall-package optimization-course "$checkout[grader,lab]"
# What students get has no solutions and no grader: the wheel of `make handout`.
rm -f "$prefix"/wheel/*.whl
(cd "$prefix/wheel" && "$prefix/instructors/bin/python" -c \
  'import pathlib; from autograder.returning import handouts; handouts.build_wheel(pathlib.Path("."))')
uv pip install --python "$prefix/students/bin/python" --constraint "$locked" --requirement "$hub" \
  nbgrader jupyterlab "$prefix"/wheel/*.whl

step "the proxy in front of everybody's server"
[ "$(node --print 'process.versions.node.split(".")[0]')" -ge 20 ] && release=5 || release=4
npm install --silent --no-fund --no-audit --prefix "$prefix/proxy" "configurable-http-proxy@$release"

step "settings"
install --mode 644 "$here/jupyterhub_config.py" "$prefix/etc/"
for people in instructors students; do
  install --directory "$prefix/$people/etc/jupyter"
  install --mode 644 "$here/jupyter_server_config.py" "$prefix/$people/etc/jupyter/"
  install --mode 644 "$here/nbgrader_config_$people.py" "$prefix/$people/etc/jupyter/nbgrader_config.py"
  install --directory "$prefix/$people/share/jupyter/lab/settings"
  install --mode 644 "$here/overrides.json" "$prefix/$people/share/jupyter/lab/settings/"
done
# Formgrader and its kin are off for students on both sides, the server and the page.
for extension in formgrader course_list; do
  "$prefix/students/bin/jupyter" server extension disable --sys-prefix "nbgrader.server_extensions.$extension"
done 2> /dev/null
for extension in formgrader course-list create-assignment; do
  "$prefix/students/bin/jupyter" labextension disable --level sys_prefix "@jupyter/nbgrader:$extension"
done 2> /dev/null

step "the instructor and the course"
if ! id "$instructor" > /dev/null 2>&1; then
  useradd --create-home --key HOME_MODE=0700 --shell /bin/bash "$instructor"
  echo "   $instructor has no password yet: sudo passwd $instructor"
fi
usermod --append --groups course-instructors "$instructor"
home=$(getent passwd "$instructor" | cut -d: -f6)
course=$home/optimization
chmod 700 "$home"
if [ ! -e "$course" ]; then
  install --directory --owner "$instructor" --group "$(id -gn "$instructor")" --mode 700 "$course"
  tar --create --directory "$checkout" nbgrader_config.py solutions |
    runuser --user "$instructor" -- tar --extract --no-same-owner --directory "$course"
fi

step "the exchange"
# Sticky: everybody may write into the root, as nbgrader demands, and nobody may rename what is another's. The
# course's folders are there before anybody can make them; into inbound one can put, and not look.
owner=(--owner "$instructor" --group "$(id -gn "$instructor")")
[ -d "$prefix/exchange/optimization" ] || {
  install --directory --mode 1777 "$prefix/exchange"
  install --directory --mode 755 "${owner[@]}" "$prefix/exchange/optimization" "$prefix/exchange/optimization/outbound"
  install --directory --mode 3733 "${owner[@]}" "$prefix/exchange/optimization/inbound"
  install --directory --mode 711 "${owner[@]}" "$prefix/exchange/optimization/feedback"
}

step "the seal"
restricted=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
if [ -e "$restricted" ] && [ "$(cat "$restricted")" = 1 ] && command -v apparmor_parser > /dev/null; then
  [ -e /etc/apparmor.d/bwrap ] || install --mode 644 "$here/bwrap.apparmor" /etc/apparmor.d/bwrap
  apparmor_parser --replace /etc/apparmor.d/bwrap
fi
runuser --user "$instructor" -- env --chdir "$home" HOME="$home" PATH="$prefix/instructors/bin:/usr/bin:/bin" \
  autograder doctor | tail -1

step "the service"
if [ -d /run/systemd/system ]; then
  sed "s|PREFIX|$prefix|g" "$here/jupyterhub.service" > /etc/systemd/system/jupyterhub.service
  systemctl daemon-reload
  systemctl enable --quiet jupyterhub
  systemctl restart jupyterhub
else
  echo "   no systemd here; start the hub by hand:"
  echo "   cd $prefix/state && $prefix/hub/bin/jupyterhub --config $prefix/etc/jupyterhub_config.py"
fi
echo "The hub is set up in $prefix."
