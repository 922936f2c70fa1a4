#!/usr/bin/env bash
# Puts a backup of backup.sh back, into an empty database. All of it is one transaction, and nothing can be sent from it:
# processing is paused before anybody can see the data.
#
#   DATABASE_URL=postgres://… deploy/restore.sh FILE [BACKUP_TIME]
#
# BACKUP_TIME is of when the backup is, such as 2026-08-01T03:00:00Z, where the file's name does not say it. Afterwards run
# "npm run payouts -- migrate" and "npm run payouts -- after-restore": no server starts before. Needs psql and pg_restore of
# the backup's version or newer. See docs/operations/backup.md.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit "$1"
}

fail() {
  echo "$1" >&2
  exit 1
}

time_of() {
  if [[ $(basename "$1") =~ ^payouts-([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z\.dump$ ]]; then
    local -a part=("${BASH_REMATCH[@]:1}")
    echo "${part[0]}-${part[1]}-${part[2]}T${part[3]}:${part[4]}:${part[5]}Z"
  fi
}

case ${1:-} in
  -h | --help) usage 0 ;;
  '') usage 1 >&2 ;;
esac

# shellcheck source=connection.sh
source "$here/connection.sh"

file=$1
time=${2:-$(time_of "$file")}
[[ -r $file ]] || fail "$file cannot be read. Nothing was changed."
[[ $time =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z$ ]] ||
  fail "Say of when the backup is: $0 $file 2026-08-01T03:00:00Z. Nothing was changed."

sql() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname="$database" "$@"; }

tables=$(sql --tuples-only --no-align --command="SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p')
  AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\_%' OR nspname = 'information_schema')")
[[ $tables == 0 ]] || fail "The database is not empty: it has $tables tables. Nothing was changed."

# Where any part of this fails, COMMIT is never said, and psql leaves an empty database.
script() {
  set -e
  echo 'BEGIN;'
  pg_restore --no-owner --no-privileges --file=- "$file"
  # What the backup has already is no news.
  echo 'RESET ALL; SET client_min_messages = warning;'
  cat "$here/../prisma/migrations/034_add_restores_table/migration.sql"
  cat <<SQL
INSERT INTO restores (backup_at) VALUES ('$time'::timestamptz AT TIME ZONE 'UTC');
UPDATE processing_switch SET paused = true, changed_by = 'restore.sh', changed_at = now() AT TIME ZONE 'UTC',
  reason = 'The database was restored from a backup: run "npm run payouts -- after-restore".';
COMMIT;
SQL
}
script | sql >/dev/null

# A backup holds no statistics, and without them the planner guesses.
sql --command='ANALYZE'

cat <<TEXT
Restored $file, of $time. Processing is paused.

Next, with DATABASE_URL naming this database:
  npm run payouts -- migrate
  npm run payouts -- after-restore
TEXT
