#!/usr/bin/env bash
# Makes accounts for students and prints their first passwords, one student a line; who is there already stays.
#
#     sudo deploy/jupyterhub/add_students.sh ada bob cyd
#     sudo deploy/jupyterhub/add_students.sh < names.txt
set -euo pipefail

stop() { echo "add_students.sh: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || stop "only root can do this: use sudo"
getent group course-students > /dev/null || stop "there is no hub here yet: run install.sh first"
if [ $# -gt 0 ]; then
  names=("$@")
else
  [ ! -t 0 ] || stop "name the students: add_students.sh ada bob cyd, or add_students.sh < names.txt"
  # A file from another system may have carriage returns, and blank lines at its end.
  mapfile -t names < <(tr --delete '\r' | sed 's/^ *//; s/ *$//; /^$/d')
fi

# All names are looked at before the first account is made.
for name in "${names[@]}"; do
  [[ $name =~ ^[a-z][a-z0-9_-]{0,31}$ ]] || stop "'$name' cannot be an account: use small letters and digits"
  groups=$(id --name --groups "$name" 2> /dev/null || true)
  [ -z "$groups" ] || [[ " $groups " = *" course-students "* ]] ||
    stop "$name is an account already, and no student's: choose another name"
done
for name in "${names[@]}"; do
  if id "$name" > /dev/null 2>&1; then
    echo "$name is there already" >&2
    continue
  fi
  useradd --create-home --key HOME_MODE=0700 --shell /bin/bash --groups course-students "$name"
  password=$(tr --delete --complement 'a-km-z2-9' < /dev/urandom | head --bytes 12 || true)
  echo "$name:$password" | chpasswd
  printf '%s\t%s\n' "$name" "$password"
done
