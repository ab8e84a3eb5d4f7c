#!/usr/bin/env bash
# Runs `go generate ./...` and fails where that changes, adds or removes a file: generated code is committed as generated.
# It compares with the work tree, not with HEAD, so that it can be asked before a commit too.
set -euo pipefail
cd "$(dirname "$0")/.."

state() {
  git -c safe.directory='*' ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [[ -f $file ]] && printf '%s\0' "$file"; done |
    xargs -0 sha256sum
}
before=$(mktemp) after=$(mktemp)
trap 'rm -f "$before" "$after"' EXIT

state >"$before"
go generate ./...
state >"$after"
if ! diff "$before" "$after"; then
  echo "$0: go generate changed the files above; commit what it writes" >&2
  exit 1
fi
