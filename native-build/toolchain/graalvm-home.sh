#!/bin/bash
# Prints the GRAALVM_HOME to build with: the user's own when there is one, else the assembled toolchain.
#
#   native-build/toolchain/graalvm-home.sh
#
# 1. GRAALVM_HOME, when set: must hold bin/native-image of the right version, else this fails (a wish is not overridden).
# 2. native-image on PATH, when of the right version (another version is named and passed over).
# 3. assemble.sh.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/versions.sh"

# "native-image 25.0.2 2026-01-20" -> 25
major() { "$1" --version 2> /dev/null | sed -n '1s/^native-image \([0-9]*\).*/\1/p'; }

if [ -n "${GRAALVM_HOME:-}" ]; then
  [ -x "$GRAALVM_HOME/bin/native-image" ] || { echo "GRAALVM_HOME ($GRAALVM_HOME) has no bin/native-image; unset it to use the assembled toolchain" >&2; exit 1; }
  found=$(major "$GRAALVM_HOME/bin/native-image")
  [ "$found" = "$GRAALVM_MAJOR" ] || { echo "GRAALVM_HOME ($GRAALVM_HOME) has native-image ${found:-of an unknown version}; $GRAALVM_MAJOR is needed" >&2; exit 1; }
  echo "$GRAALVM_HOME"
  exit 0
fi

if on_path=$(command -v native-image); then
  found=$(major "$on_path")
  if [ "$found" = "$GRAALVM_MAJOR" ]; then
    dirname "$(dirname "$(readlink -f "$on_path")")"
    exit 0
  fi
  echo "native toolchain: $on_path is version ${found:-unknown}, not $GRAALVM_MAJOR: passed over" >&2
fi

exec bash "$here/assemble.sh"
