#!/bin/sh
# Receives PostgreSQL's log as it is written, into $BACKUPS/wal. PGHOST, PGPORT, PGUSER and PGPASSFILE name the server and
# a role with REPLICATION. It ends when the server is lost: whatever runs it starts it again.
set -eu
umask 077
mkdir -p "$BACKUPS/wal"
# The slot makes the server keep what has not been received yet.
pg_receivewal --slot=archive --create-slot --if-not-exists
exec pg_receivewal --slot=archive --directory="$BACKUPS/wal" --synchronous --no-loop
