#!/bin/sh
# A small service with its own start, stop and status, as rc scripts have them: it writes the time to a file.
# usage: service.sh start|stop|status|pid [FOLDER]
folder=${2:-${TMPDIR:-/tmp}/command-managed-example}
pid_file=$folder/pid

is_running() {
  [ -s "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null &&
    ! grep -qs '^State:.Z' "/proc/$(cat "$pid_file")/status"
}

case $1 in
start)
  is_running && exit 0
  mkdir -p "$folder"
  while :; do date >"$folder/time"; sleep 1; done </dev/null >/dev/null 2>&1 &
  echo $! >"$pid_file"
  ;;
stop)
  is_running || exit 0
  kill "$(cat "$pid_file")"
  rm -f "$pid_file"
  ;;
status)
  is_running && echo "running as $(cat "$pid_file")" && exit 0
  echo 'not running'
  exit 3
  ;;
pid) cat "$pid_file" ;;
*)
  echo "usage: $0 start|stop|status|pid [FOLDER]" >&2
  exit 2
  ;;
esac
