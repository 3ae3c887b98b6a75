#!/bin/sh
# Receives PostgreSQL's log as it is written, into $BACKUPS/wal. PGHOST, PGPORT, PGUSER and PGPASSFILE name the server and
# a role with REPLICATION. It ends when the server is lost: whatever runs it starts it again.
set -eu
umask 077
wal=$BACKUPS/wal older=$BACKUPS/older
mkdir -p "$wal" "$older"
# To a connection for replication, which is all that the role may open.
ask() { psql --no-psqlrc --tuples-only --no-align --field-separator=' ' "replication=true" -c "$1"; }
# The slot makes the server keep what has not been received yet. One that was away for too long
# (max_slot_wal_keep_size) keeps nothing any more.
case $(ask "READ_REPLICATION_SLOT archive") in
  "physical "*/*) new=false ;;
  physical*) ask "DROP_REPLICATION_SLOT archive" > /dev/null && new=true ;;
  *) new=true ;;
esac
if $new; then ask "CREATE_REPLICATION_SLOT archive PHYSICAL RESERVE_WAL" > /dev/null; fi
position=$(ask "READ_REPLICATION_SLOT archive" | cut -d ' ' -f 2)
# The names of files without their timeline: of the first that the server keeps, and of the last that is here.
first=$(printf '%08X%08X' "0x${position%/*}" "$((0x${position#*/} >> 24))")
last=$(ls "$wal" | sed -n 's/^.\{8\}\([0-9A-F]\{16\}\)\(\.partial\)*$/\1/p' | sort | tail -n 1)
if [ -n "$last" ] && [ "$(printf '%s\n' "$last" "$first" | sort | head -n 1)" != "$first" ]; then
  echo "receive.sh: the log between $last and $first is lost: make a base backup now" >&2
  mv "$wal"/* "$older"
fi
exec pg_receivewal --slot=archive --directory="$wal" --synchronous --no-loop
