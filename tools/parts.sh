#!/usr/bin/env bash
# parts.sh LANE…: runs the parts of `make test`. A lane is a list of make's targets, "docker-test journeys-short"; its parts
# run one after another, the lanes beside each other. Each lane is nicer than the one before it: the first is for what
# waits for clocks, kernels and browsers, the others for what computes and takes the processors that are left.
# A part's output is printed when it has ended and kept in out/ci. All parts run, whatever fails; what failed, and in which
# words, is said last.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=out/ci
rm -rf "$dir"
mkdir -p "$dir"

say() { printf '\n== %(%T)T %s\n' -1 "$*"; }

part() { # part TARGET
  local begin=$SECONDS result=passed
  say "$1 begins"
  make --no-print-directory "$1" >"$dir/$1.log" 2>&1 </dev/null || result=FAILED
  result+=" in $((SECONDS - begin)) s"
  echo "$1: $result" >>"$dir/results"
  {
    flock 9
    say "$1 $result"
    grep -vE '^(=== |ok [0-9]+ - |  ---|  duration_ms: |  \.\.\.)' "$dir/$1.log" || true
  } 9>"$dir/printing"
}

lane() { # lane NICENESS TARGET…
  renice -n "$1" "$BASHPID" >/dev/null
  for target in "${@:2}"; do part "$target"; done
}

# blames are a failed part's own words for it: those of Go's tests, of TAP, of compilers and checkers, and make's.
blames='^ *--- FAIL|^FAIL|^panic: |DATA RACE|_test\.go:[0-9]+: |\.(go|ts|templ|sh)[:(][0-9]+|^ *not ok|rror:|\*\*\*'

niceness=0
for targets in "$@"; do
  read -ra targets <<<"$targets"
  lane "$niceness" "${targets[@]}" &
  niceness=$((niceness + 5))
done
wait

say "all parts, in $SECONDS s"
cat "$dir/results"
failed=$(sed -nE 's/^(\S+): FAILED.*/\1/p' "$dir/results")
for target in $failed; do
  say "why $target failed (all of it: $dir/$target.log)"
  grep -E "$blames" "$dir/$target.log" | cut -c1-400 | head -40 || true
  echo '…'
  tail -5 "$dir/$target.log" | cut -c1-400
done
[[ -z $failed ]]
