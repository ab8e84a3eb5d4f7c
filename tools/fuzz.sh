#!/usr/bin/env bash
# fuzz.sh SECONDS: runs every fuzzer below engine/, one after the other, for SECONDS in all.
set -euo pipefail
cd "$(dirname "$0")/.."
total=${1:?usage: fuzz.sh SECONDS}

fuzzers=()
for package in $(go list ./engine/...); do
  while read -r name; do fuzzers+=("$package $name"); done < <(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true)
done
((${#fuzzers[@]})) || { echo "$0: no fuzzer found below engine/" >&2; exit 1; }

each=$(((total + ${#fuzzers[@]} - 1) / ${#fuzzers[@]}))
for fuzzer in "${fuzzers[@]}"; do
  read -r package name <<<"$fuzzer"
  go test -run '^$' -fuzz "^$name\$" -fuzztime "${each}s" "$package"
done
