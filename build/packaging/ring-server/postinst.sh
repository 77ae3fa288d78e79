#!/bin/sh
set -e

USER=_uvv-ring
HOME_FOLDER=/usr/lib/usb-video-vault-ring-server
DATA=/var/lib/usb-video-vault-ring-server
CONFIG=/etc/usb-video-vault/ring-server.json
UNIT=usb-video-vault-ring-server.service
KEPT_BACKUPS=5

# The service is stopped. This version's program copies the database that the version before it has left, and dpkg
# configures the package only if that succeeds.
back_up() {
  backup="$DATA/backups/$(date -u +%Y-%m-%dT%H%M%S)-before-@VERSION@.sqlite"
  runuser -u "$USER" -- mkdir -p -m 700 "$DATA/backups"
  runuser -u "$USER" -- env HOME="$DATA" "$HOME_FOLDER/bin/node" "$HOME_FOLDER/src-ops/cli/main.js" \
    ring backup --data "$DATA" --to "$backup"
  find "$DATA/backups" -maxdepth 1 -type f -name '*-before-*.sqlite' ! -name 'before-*' | sort -r |
    tail -n +$((KEPT_BACKUPS + 1)) | xargs -r -d '\n' rm -f --
}

if [ "$1" = configure ]; then
  adduser --system --group --quiet --home "$DATA" --no-create-home --gecos "Ring server of USB Video Vault" "$USER"
  install -d -o "$USER" -g "$USER" -m 700 "$DATA"
  # It may name a database with its password. An administrator may change this later, so it is done once.
  if [ -z "$2" ] && [ -f "$CONFIG" ]; then
    chown root:"$USER" "$CONFIG"
    chmod 640 "$CONFIG"
  fi
  if [ -n "$2" ] && [ -f "$DATA/ring.sqlite" ]; then back_up; fi
fi

case "$1" in
  configure | abort-upgrade | abort-deconfigure | abort-remove)
    deb-systemd-helper unmask "$UNIT" > /dev/null || true
    if deb-systemd-helper --quiet was-enabled "$UNIT"; then
      deb-systemd-helper enable "$UNIT" > /dev/null || true
    else
      deb-systemd-helper update-state "$UNIT" > /dev/null || true
    fi
    if [ -d /run/systemd/system ]; then
      systemctl --system daemon-reload > /dev/null || true
      deb-systemd-invoke start "$UNIT" > /dev/null || true
    fi
    ;;
esac
