#!/usr/bin/env bash
# Deploys a stack: pulumi-up.sh STACK [IMAGE [DASHBOARD]]. With IMAGE, a reference by digest, it deploys that image instead of
# building one; with DASHBOARD, also that one of the dashboard, unless it is empty, because the stack before has no dashboard.
# `pulumi up` fails at once while another update holds the state's lock (https://github.com/pulumi/pulumi/issues/9047): this waits.
set -euo pipefail
stack=$1 image=${2:-} dashboard=${3:-}
if [ $# -gt 1 ]; then
  [[ $image =~ @sha256:[0-9a-f]{64}$ ]] || { echo "\"$image\" is no image by digest: the stack before this one has deployed none." >&2; exit 1; }
  pulumi config set --stack "$stack" clan-platform:imageDigest "$image"
fi
if [ -n "$dashboard" ]; then
  [[ $dashboard =~ @sha256:[0-9a-f]{64}$ ]] || { echo "\"$dashboard\" is no image by digest." >&2; exit 1; }
  pulumi config set --stack "$stack" clan-platform:dashboardImageDigest "$dashboard"
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for ((attempt = 1; ; attempt++)); do
  if pulumi up --stack "$stack" --yes --non-interactive --diff 2>&1 | tee "$log"; then break; fi
  grep -q "the stack is currently locked" "$log" || exit 1
  [ "$attempt" -lt "${LOCK_ATTEMPTS:-40}" ] || { echo "The stack $stack stayed locked." >&2; exit 1; }
  sleep "${LOCK_WAIT:-30}"
done
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  digest=$(pulumi stack output --stack "$stack" imageDigest)
  echo "image=$digest" >> "$GITHUB_OUTPUT"
  # Without a dashboard, there is no such output, or null.
  dashboard=$(pulumi stack output --stack "$stack" dashboardImageDigest || true)
  if [[ $dashboard =~ @sha256:[0-9a-f]{64}$ ]]; then echo "dashboard=$dashboard" >> "$GITHUB_OUTPUT"; fi
fi
