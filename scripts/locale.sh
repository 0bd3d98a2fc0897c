#!/usr/bin/env bash
# Gathers every sentence of the program, merges it into the catalogues and compiles them.
set -euo pipefail
bin=$1
pot=$(mktemp --suffix=.pot)
trap 'rm -f "$pot"' EXIT
"$bin/pybabel" -q extract -F scripts/babel.cfg -k N_ -k say -k plural:1,2 --no-location --sort-output --omit-header -o "$pot" inspector_app
for language in ru kk; do
  catalogue=resources/locale/$language/LC_MESSAGES/inspector
  mkdir -p "$(dirname "$catalogue")"
  if [ -f "$catalogue.po" ]; then
    "$bin/pybabel" -q update -i "$pot" -o "$catalogue.po" -l "$language" --no-fuzzy-matching --ignore-obsolete --omit-header
  else
    "$bin/pybabel" -q init -i "$pot" -o "$catalogue.po" -l "$language"
  fi
  "$bin/pybabel" -q compile -i "$catalogue.po" -o "$catalogue.mo" --statistics
done
