#!/usr/bin/env bash
# Installs what `make test` needs beside Go and Node, from Debian's own packages and only where it is missing.
set -euo pipefail

for program in go node npm; do
  command -v "$program" >/dev/null || { echo "$0: $program is missing; the tests need Go 1.26 and Node 20 or later" >&2; exit 1; }
done

missing=()
need() { # need PROGRAM PACKAGE…
  command -v "$1" >/dev/null || [[ -x /usr/sbin/$1 ]] || missing+=("${@:2}")
}
need git git
need gcc gcc libc6-dev # for go test -race, and for the scenarios' programs in C
need ip iproute2 # their test joins two network namespaces
need chromium chromium
need tshark tshark
need docker docker.io
docker info >/dev/null 2>&1 || need dockerd docker.io
[[ -e /etc/ssl/certs/ca-certificates.crt ]] || missing+=(ca-certificates)
[[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ]] || missing+=(fonts-noto-cjk) # the snapshots' own fonts
[[ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ]] || missing+=(fonts-dejavu-core)
((${#missing[@]})) || exit 0

command -v apt-get >/dev/null || { echo "$0: please install: ${missing[*]}" >&2; exit 1; }
sudo=()
if ((EUID)); then sudo=(sudo); fi
apt() {
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@" </dev/null
}
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
echo "installing ${missing[*]}"
apt update
apt install --no-install-recommends "${missing[@]}"
