#!/usr/bin/env bash
# Takes a backup of the database while the service runs: one file, in pg_dump's custom format.
#
#   DATABASE_URL=postgres://… deploy/backup.sh FOLDER
#
# It prints the file's name, which says of when it is: payouts-20260801T030000Z.dump. Nothing that is half written has that
# name. Needs pg_dump and pg_restore of the server's version or newer. See docs/operations/backup.md.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit "$1"
}

case ${1:-} in
  -h | --help) usage 0 ;;
  '') usage 1 >&2 ;;
esac

# shellcheck source=connection.sh
source "$here/connection.sh"

folder=$1
# Taken before the dump begins: whatever is at Stripe since then may be missing in it.
name=payouts-$(date -u +%Y%m%dT%H%M%SZ).dump
half=$folder/.$name.half
trap 'rm -f "$half"' EXIT

mkdir -p "$folder"
# Payouts, accounts and e-mail addresses of people: nobody else may read it.
umask 077
pg_dump --format=custom --no-owner --no-privileges --file="$half" --dbname="$database"
pg_restore --list "$half" >/dev/null
mv "$half" "$folder/$name"
echo "$folder/$name"
