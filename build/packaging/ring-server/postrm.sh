#!/bin/sh
set -e

UNIT=usb-video-vault-ring-server.service

if [ -d /run/systemd/system ]; then
  systemctl --system daemon-reload > /dev/null || true
fi
case "$1" in
  remove)
    # Data and configuration stay.
    if [ -x /usr/bin/deb-systemd-helper ]; then
      deb-systemd-helper mask "$UNIT" > /dev/null || true
    fi
    ;;
  purge)
    if [ -x /usr/bin/deb-systemd-helper ]; then
      deb-systemd-helper purge "$UNIT" > /dev/null || true
      deb-systemd-helper unmask "$UNIT" > /dev/null || true
    fi
    # The user stays, so that no other user gets its number and with it files that are elsewhere.
    rm -rf /var/lib/usb-video-vault-ring-server
    rm -f /etc/usb-video-vault/ring-server.env
    rmdir --ignore-fail-on-non-empty /etc/usb-video-vault 2> /dev/null || true
    ;;
esac
