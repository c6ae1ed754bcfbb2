#!/usr/bin/env bash
# make-rootfs.sh TAR: Debian 12 as small as the slim image, with apt, made by mmdebstrap as root.
set -euo pipefail

# first_mirror PATTERN: the first apt address of this machine whose path ends like PATTERN.
first_mirror() {
  {
    sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources
    sed -nE 's/^deb (\[[^]]*\] )?([^ ]+) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list
  } 2>/dev/null | tr ' ' '\n' | grep -E "^https?://.*$1" | head -n 1 || true
}

main=$(first_mirror 'debian/?$')
security=$(first_mirror 'debian-security/?$')
main=${main:-http://deb.debian.org/debian}
security=${security:-http://deb.debian.org/debian-security}

# merged-usr hooks: without them the usrmerge package drags in all of perl.
# update-ca-certificates runs inside, so that every format of the list has this machine's authorities.
# shellcheck disable=SC2016 # $1 is the hook's
exec mmdebstrap --quiet --variant=apt --include=ca-certificates,tzdata,usr-is-merged \
  --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
  --aptopt='APT::Install-Recommends "0"' --aptopt='Acquire::Languages "none"' --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --customize-hook='cp /usr/local/share/ca-certificates/*.crt "$1/usr/local/share/ca-certificates/" 2>/dev/null || true' \
  --customize-hook='chroot "$1" update-ca-certificates' \
  bookworm "$1" \
  "deb $main bookworm main" "deb $main bookworm-updates main" "deb $security bookworm-security main"
