#!/usr/bin/env bash
# Installs the Debian packages named in $LIBRARIES that are missing; as root at once, otherwise with one clear question to sudo.
set -euo pipefail
command -v dpkg-query >/dev/null || exit 0  # not Debian: the README names the libraries
missing=()
for name in $LIBRARIES; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$name")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" = 0 ]; then
  become=()
elif command -v sudo >/dev/null; then
  echo "The window needs these Debian packages: ${missing[*]}"
  echo "sudo will ask for your password once."
  become=(sudo)
else
  echo "These Debian packages are missing; ask an administrator to run:" >&2
  echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
"${become[@]}" apt-get update -qq
"${become[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
