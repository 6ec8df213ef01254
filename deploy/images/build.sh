#!/usr/bin/env bash
# Builds stand-ins for the language images, under the official tags, from Debian packages: for
# tests, and for machines that reach no image registry. Images that exist are left alone, unless
# `--force` is given. Takes three minutes the first time.
#
# Needs root, a Docker engine, a Debian mirror and npm's index.
#   EXTRA_CA=FILE   put this bundle of certificates into the images (closed networks; off)
#   MIRROR=URL      the Debian mirror; this machine's own where it is not given
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
BASE=cloudrun/debian:bookworm
declare -A STAGES=(
    [ubuntu:22.04]=base
    [python:3.11-slim]=python
    [node:20-alpine]=node
    [gcc:12]=gcc
    [eclipse-temurin:21-jdk]=java
)

force=$([ "${1:-}" = --force ] && echo yes || true)
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' | head -n 1)}
mirror=${mirror%/}
context=$(mktemp -d)
log=$(mktemp)
trap 'rm -rf "$context" "$log"' EXIT

is_there() { [ -z "$force" ] && docker image inspect "$1" >/dev/null 2>&1; }

make_base() {
    is_there "$BASE" && return
    echo "==> $BASE"
    "$here/../ensure-command" mmdebstrap mmdebstrap
    mmdebstrap --quiet --variant=minbase --include=ca-certificates,procps \
        --dpkgopt=force-unsafe-io --aptopt='Acquire::Languages "none"' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' bookworm - "$mirror" |
        docker import - "$BASE" >/dev/null
}

# Node and npm as their packages on npm's index, which is where a closed network has them.
fetch_node() {
    local architecture
    case $(uname -m) in
        x86_64) architecture=x64 ;;
        aarch64) architecture=arm64 ;;
        *) echo "There is no Node.js package for $(uname -m)." >&2 && return 1 ;;
    esac
    mkdir -p "$context/node/bin" "$context/node/lib/node_modules/npm"
    (cd "$context" && "$here/../with-node" npm pack --silent "node-linux-$architecture@20" npm@10 >/dev/null)
    tar -xzf "$context"/node-linux-*.tgz -C "$context/node/bin" --strip-components=2 package/bin/node
    tar -xzf "$context"/npm-10*.tgz -C "$context/node/lib/node_modules/npm" --strip-components=1
    rm "$context"/*.tgz
}

missing=()
for tag in "${!STAGES[@]}"; do is_there "$tag" || missing+=("$tag"); done
if [ "${#missing[@]}" = 0 ]; then
    echo "==> All language images are there"
    exit
fi

make_base
mkdir -p "$context/certs" "$context/node"
[ -z "${EXTRA_CA:-}" ] || cp "$EXTRA_CA" "$context/certs/ca-certificates.crt"
[[ " ${missing[*]} " != *" node:"* ]] || fetch_node
for tag in "${missing[@]}"; do
    echo "==> $tag"
    # The classic builder, as Debian's engine has no other; it says so each time.
    if ! DOCKER_BUILDKIT=0 docker build --target "${STAGES[$tag]}" --tag "$tag" \
        --build-arg BASE="$BASE" --build-arg MIRROR="$mirror" \
        --file "$here/Dockerfile" "$context" >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        exit 1
    fi
done
