#!/usr/bin/env bash
# Opens the window on the demo register with a central server of its own beside it; without a screen it runs the tour instead.
set -euo pipefail
bin=$1 register=$2
folder=$(dirname "$register")
port=${PORT:-8470}
mkdir -p "$folder"

if [ -z "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ] && [ "$(uname)" = Linux ]; then
  echo "There is no screen: the tour walks the main job instead."
  QT_QPA_PLATFORM=offscreen "$bin/inspector" tour --out "$folder/tour"
  echo "Pictures of every page and every paper are in $folder/tour"
  exit 0
fi

export INSPECTOR_KEY_STORE=${INSPECTOR_KEY_STORE:-file}  # the demo's device key lies beside the demo register
data=$folder/server
first=
[ -f "$register" ] || { first=1; "$bin/inspector" demo "$register"; }
if [ ! -d "$data" ]; then
  "$bin/inspector-server" init --data "$data" --demo
  printf 'demonstration\n' | "$bin/inspector-server" user add demo --data "$data" --role registrar --password-stdin
fi
"$bin/inspector-server" upgrade --data "$data" >/dev/null
"$bin/inspector-server" serve --data "$data" --port "$port" >"$folder/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  kill -0 "$server" 2>/dev/null || { cat "$folder/server.log" >&2; exit 1; }
  sleep 0.1
done
if [ -n "$first" ]; then
  code=$("$bin/inspector-server" device code demo --data "$data")
  INSPECTOR_PASSWORD=demonstration "$bin/inspector" enrol --register "$register" --server "http://127.0.0.1:$port" --code "$code"
fi
"$bin/inspector" --register "$register"
