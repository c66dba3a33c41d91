#!/usr/bin/env bash
# Builds the site and the functions, and lays out the folders that template.yaml refers to.
set -euo pipefail
cd "$(dirname "$0")/.."

triple=aarch64-unknown-linux-gnu
if [ "$(uname -sm)" = "Linux aarch64" ]; then
  cargo build --profile lambda --package functions --bins --target "$triple"
else
  # 2.34 is the C library of provided.al2023.
  cargo zigbuild --profile lambda --package functions --bins --target "$triple.2.34"
fi
cargo run --release --package generator -- build

# The authorities whose name matches, of those that this machine trusts.
authorities() {
  local file line certificate=
  for file in "${SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
    [ -f "$file" ] && break
  done
  while IFS= read -r line; do
    case $line in
      -----BEGIN*) certificate=$line ;;
      -----END*)
        certificate+=$'\n'$line
        if openssl x509 -noout -subject <<<"$certificate" | grep -qE "$1"; then
          echo "$certificate"
        fi ;;
      *) certificate+=$'\n'$line ;;
    esac
  done <"$file"
}

out=target/aws
rm -rf "$out"
mkdir -p "$out"/{acts,register,sweep,rules/parvis}
for function in acts register sweep; do
  cp "target/$triple/lambda/$function" "$out/$function/bootstrap"
done
cp -R rulebook.json answers "$out/rules/parvis/"
# AWS's own; MAIL_AUTHORITY is the one that signs the mail server's certificate, unless the server is AWS's too.
authorities "Amazon Root CA|Starfield Services Root Certificate Authority - G2${MAIL_AUTHORITY:+|$MAIL_AUTHORITY}" \
  >"$out/rules/parvis/certificates.pem"
grep -q BEGIN "$out/rules/parvis/certificates.pem" || { echo "No certificate authority was found on this machine." >&2; exit 1; }

du -sh "$out"/*
