#!/usr/bin/env -S -i PKEXEC_UID=${PKEXEC_UID} PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive /bin/sh
# Installs an update of USB Video Vault; runs as root, started by pkexec. Between the moment when the app hashed the
# file and this one, another program of the same user may have replaced it. So the file is copied to where only root
# can write, the copy is hashed, and dpkg gets the copy.
#
#   install-update FILE LENGTH SHA256 VERSION upgrade|rollback
#
# Everything that the caller passes is attacker-controlled: the first line drops the environment, FILE is read with the
# rights of the caller, and everything else has to fit a pattern. Exits with 0 if the package is installed; 64: bad arguments; 65: not the file that was expected;
# 66: the file cannot be read; 70: dpkg failed; 75: another update, or one of the system, is being installed.
# Prints "waiting" once if it has to wait for one of the system.
set -efu
umask 077
cd /

package=@PACKAGE@
architecture=@ARCHITECTURE@
folder=/var/cache/$package-update
copy=$folder/update.deb

refuse() {
  printf 'install-update: %s\n' "$2" >&2
  exit "$1"
}

check_arguments() {
  [ "$#" -eq 5 ] || refuse 64 "expects FILE LENGTH SHA256 VERSION upgrade|rollback"
  case $1 in /*) ;; *) refuse 64 "FILE is not an absolute path" ;; esac
  case $2 in '' | 0* | *[!0-9]*) refuse 64 "LENGTH is not a number of bytes" ;; esac
  [ "${#2}" -le 10 ] || refuse 64 "LENGTH is too large"
  case $3 in *[!0-9a-f]*) refuse 64 "SHA256 is not a hash" ;; esac
  [ "${#3}" -eq 64 ] || refuse 64 "SHA256 is not a hash"
  case $4 in [!0-9]* | '' | *[!0-9.]*) refuse 64 "VERSION is not a version" ;; esac
  case $5 in upgrade | rollback) ;; *) refuse 64 "expects upgrade or rollback" ;; esac
}

# Copies one byte more than LENGTH at most. The copying process has the rights of the user who called pkexec; neither
# a link nor a pipe is followed.
copy_file() {
  set -- "if=$1" "count=$(($2 + 1))" bs=1M iflag=nofollow,nonblock,fullblock,count_bytes status=none
  if [ -n "$PKEXEC_UID" ]; then
    set -- setpriv "--reuid=$PKEXEC_UID" "--regid=$(id -g "$PKEXEC_UID")" --init-groups dd "$@"
  else
    set -- dd "$@"
  fi
  timeout 300 "$@" </dev/null >"$copy" || refuse 66 "the file cannot be read"
}

check_copy() {
  [ "$(stat --format=%s "$copy")" = "$1" ] || refuse 65 "the file has another length"
  hash=$(sha256sum <"$copy")
  [ "${hash%% *}" = "$2" ] || refuse 65 "the file has another hash"
}

field() {
  dpkg-deb --field "$copy" "$1" || refuse 65 "the file is not a package"
}

check_package() {
  [ "$(field Package)" = "$package" ] || refuse 65 "the file is another package"
  [ "$(field Architecture)" = "$architecture" ] || refuse 65 "the package is for other computers"
  [ "$(field Version)" = "$1" ] || refuse 65 "the package has another version"
  installed=$(dpkg-query --show --showformat='${Version}' "$package") || refuse 65 "the package is not installed"
  # The same version again repairs an interrupted installation.
  case $2 in upgrade) relation=ge ;; rollback) relation=le ;; esac
  dpkg --compare-versions "$1" "$relation" "$installed" || refuse 65 "a version in the other direction"
}

# The app shows that this waits. It may have ended by now: then the word goes nowhere, and this goes on.
say_waiting() {
  (printf 'waiting\n' >&3) || true
}

# The system's own updates may hold dpkg's lock: this waits for half an hour. Older versions of dpkg say "is locked".
run_dpkg() {
  for attempt in $(seq 360); do
    dpkg --install "$copy" </dev/null 2>"$folder/messages" 3>&- && return 0
    cat "$folder/messages" >&2
    grep -Eq '(was|is) locked by another process' "$folder/messages" || return 1
    [ "$attempt" -gt 1 ] || say_waiting
    sleep 5
  done
  refuse 75 "the system's own updates are being installed"
}

install_copy() {
  # apt fetches a library that the new version needs and the old one did not.
  run_dpkg || apt-get install --fix-broken --yes --no-remove -o DPkg::Lock::Timeout=300 </dev/null 3>&- || refuse 70 "dpkg failed"
  status=$(dpkg-query --show --showformat='${db:Status-Status} ${Version}' "$package")
  [ "$status" = "installed $1" ] || refuse 70 "dpkg failed"
}

main() {
  # What dpkg prints would have no reader if the app has ended, and dpkg would fail.
  exec 3>&1 >/dev/null
  check_arguments "$@"
  exec 9>"/run/$package-update.lock"
  flock --nonblock 9 || refuse 75 "another update is being installed"
  rm -rf "$folder"
  mkdir "$folder"
  trap 'rm -rf "$folder"' EXIT
  copy_file "$1" "$2"
  check_copy "$2" "$3"
  check_package "$4" "$5"
  install_copy "$4"
}

main "$@"
exit
