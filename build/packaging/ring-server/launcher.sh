#!/bin/sh
exec /usr/lib/usb-video-vault-ring-server/bin/node /usr/lib/usb-video-vault-ring-server/src-ops/cli/ring-server.js "$@"
