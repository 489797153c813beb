#!/bin/sh
# Builds the bundled policies. The .wasm files are checked in, so only a change of a policy needs this.
#   build-policies.sh [output folder]      default: src/main/resources/dev/vigil/policy
# Needs Debian 12's compiler, by its path (a rustup toolchain usually has no wasm32 target):
#   apt-get install -y --no-install-recommends rustc libstd-rust-dev-wasm32 lld-14
# The same sources give the same bytes with the same compiler: rustc 1.63.0.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/src/main/resources/dev/vigil/policy}
rustc=${RUSTC:-/usr/bin/rustc}
mkdir -p "$out"
cd "$here/policies"
for policy in heat smoke; do
  "$rustc" --edition 2021 --target wasm32-unknown-unknown --crate-type cdylib --crate-name "$policy" \
    -C opt-level=3 -C panic=abort -C lto=fat -C codegen-units=1 -C debuginfo=0 -C strip=symbols \
    -C link-arg=-zstack-size=16384 -C link-arg=--stack-first \
    -C link-arg=--initial-memory=1048576 -C link-arg=--max-memory=1048576 \
    --remap-path-prefix "$here=." -o "$out/$policy.wasm" "$policy/$policy.rs"
  chmod 644 "$out/$policy.wasm"
done
