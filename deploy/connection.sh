# shellcheck shell=bash
# Sourced by backup.sh and restore.sh: DATABASE_URL for Postgres's own tools. The password goes by the environment, since
# everybody on the machine can read the arguments of a process.

: "${DATABASE_URL:?names the database: postgres://user:password@host:5432/payouts}"

database=$DATABASE_URL
if [[ $DATABASE_URL =~ ^(postgres(ql)?://[^:/@]+):([^@/]*)@(.+)$ ]]; then
  database="${BASH_REMATCH[1]}@${BASH_REMATCH[4]}"
  PGPASSWORD=$(printf '%b' "${BASH_REMATCH[3]//%/\\x}")
  export PGPASSWORD
fi
