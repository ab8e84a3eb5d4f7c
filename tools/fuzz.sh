#!/usr/bin/env bash
# fuzz.sh SECONDS: runs every fuzzer, one after the other, for SECONDS in all.
set -euo pipefail
cd "$(dirname "$0")/.."
total=${1:?usage: fuzz.sh SECONDS}

fuzzers=(
  "./engine FuzzSegments"         # any segment, at both ends of a connection
  "./engine FuzzInputs"           # any list of interventions
  "./scenario FuzzExecute"        # any text as a scenario
  "./scenario FuzzParseToken"     # any text as a run's token
  "./scenario FuzzParseRun"       # any JSON as a run
  "./scenario/cprogram FuzzGenerate" # any text as a scenario with programs in C
  "./internal/stream FuzzDecode"  # any frame on the WebSocket
)
there=$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -r grep -ho '^func Fuzz[A-Za-z]*' | sort)
listed=$(printf 'func %s\n' "${fuzzers[@]#* }" | sort)
[[ $there == "$listed" ]] || { printf '%s: the list is not what there is:\n' "$0" >&2; diff <(echo "$listed") <(echo "$there") >&2; exit 1; }

# Go's fuzzing can miss its own deadline and call that a failure: "context deadline exceeded" with no input to blame
# (go.dev/issue/75804, mended in Go 1.27). A fuzzer that found something says which input failed.
fuzz() {
  local out
  out=$(mktemp)
  if go test -run '^$' -fuzz "^$2\$" -fuzztime "$3" "$1" 2>&1 | tee "$out"; then
    rm "$out"
    return
  fi
  local late=1
  if ! grep -q 'context deadline exceeded' "$out" || grep -q -e 'Failing input' -e 'panic:' -e '_test.go:' "$out"; then late=0; fi
  rm "$out"
  ((late)) || return 1
  echo "$2 found nothing; the fuzzer stopped late"
}

each=$(((total + ${#fuzzers[@]} - 1) / ${#fuzzers[@]}))
for fuzzer in "${fuzzers[@]}"; do
  read -r package name <<<"$fuzzer"
  fuzz "$package" "$name" "${each}s"
done
