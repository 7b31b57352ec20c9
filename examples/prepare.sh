#!/bin/sh
# A task: runs to its end before the servers that depend on it start. Here it makes the folder for PID files; in your
# project it migrates the database. Any exit code but 0 keeps the dependents from starting.
set -eu
folder="$(cd "$(dirname "$0")" && pwd)/.run"
mkdir -p "$folder"
echo "prepared $folder"
