#!/usr/bin/env bash
# Installs what the tests need, then runs them all; quick when everything is there already.
set -euo pipefail
cd "$(dirname "$0")/.."

export PARVIS_TOOLS="$PWD/target/tools"
export PATH="$PARVIS_TOOLS/bin:$PARVIS_TOOLS/venv/bin:$PATH"
if [ "${CI:-}" = true ]; then
  export RUST_BACKTRACE=1 CARGO_TERM_PROGRESS_WHEN=never NEXTEST_STATUS_LEVEL=all
fi

step() {
  printf '\n== %s\n' "$*"
  "$@"
}

has() { command -v "$1" >/dev/null; }

install_packages() {
  local packages=() root=()
  has chromium || packages+=(chromium)
  has java || packages+=(default-jre-headless)
  has npm || packages+=(nodejs npm)
  python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
  [ ${#packages[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || root=(sudo)
  "${root[@]}" apt-get update -q
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yq "${packages[@]}"
}

install_python_tools() {
  [ -x "$PARVIS_TOOLS/venv/bin/pip" ] || python3 -m venv "$PARVIS_TOOLS/venv"
  pip install -q --disable-pip-version-check \
    aiosmtpd==1.4.6 aws-sam-translator==1.115.0 cfn-lint==1.58.0 feedparser==6.0.14 icalendar==7.3.0 \
    'moto[server]==5.2.5'
}

install_cargo_tools() {
  cargo install -q dynoxide-rs --version =3.2.0 --locked --root "$PARVIS_TOOLS" \
    --no-default-features --features native-sqlite,http-server,cli
  has cargo-nextest || cargo install -q cargo-nextest --locked --root "$PARVIS_TOOLS"
}

step install_packages
step npm install --prefix tests/browser
step install_python_tools
step install_cargo_tools
step cargo --version
step node --version
step chromium --version

step cargo fmt --check
step cargo clippy --workspace --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" step cargo doc --workspace --no-deps
# The tests start these.
step cargo build --workspace --bins
step cargo test --workspace --doc
step cargo nextest run --workspace --no-fail-fast
