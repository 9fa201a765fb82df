#!/usr/bin/env bash
# Sets the images of a stack to those that it runs: pin-running-images.sh STACK. An image that waits for promotion is then no
# difference. A dashboard's image that the stack built itself, because the stack before has none, stays one that it builds.
set -euo pipefail
stack=$1
pulumi config set --stack "$stack" clan-platform:imageDigest "$(pulumi stack output --stack "$stack" imageDigest)"
# Without a dashboard, there is no such output, or null.
dashboard=$(pulumi stack output --stack "$stack" dashboardImageDigest || true)
[[ $dashboard =~ @sha256:[0-9a-f]{64}$ ]] || exit 0
urns=$(pulumi stack --stack "$stack" --show-urns)
[[ $urns != *docker:index/image:Image::dashboard-image* ]] || exit 0
pulumi config set --stack "$stack" clan-platform:dashboardImageDigest "$dashboard"
