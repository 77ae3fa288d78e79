#!/bin/sh
set -e

# Also before an upgrade: Node reads its files while it runs, and the backup is made while nobody writes.
if [ -d /run/systemd/system ]; then
  deb-systemd-invoke stop usb-video-vault-ring-server.service > /dev/null || true
fi
