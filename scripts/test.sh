#!/usr/bin/env bash
# Runs the tests room by room, each in a process of its own. A process that Qt's binding ends with a signal (PySide6 6.12, see
# inspector_app/ui/endless.py) is said so and run once more; a failed test is never run again.
set -uo pipefail
python=$1
failed=0
for room in tests/*/; do
  find "$room" -name 'test_*.py' | grep -q . || continue
  for turn in 1 2; do
    timeout 1200 "$python" -m pytest "$room"
    code=$?
    [ "$code" -ge 124 ] || break
    echo "$room ended with signal or time-out ($code), turn $turn"
  done
  [ "$code" = 0 ] || { echo "FAILED $room ($code)"; failed=1; }
done
exit "$failed"
