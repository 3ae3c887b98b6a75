#!/bin/sh
# restore.sh BASE DATA TIME: fills the empty folder DATA from the base backup BASE. The PostgreSQL that is started on it
# replays the log of $BACKUPS/wal and $BACKUPS/older up to TIME, such as '2026-11-28 14:05:00+00', and then accepts writes.
set -eu
umask 077
base=$1 data=$2 time=$3
if [ -n "$(ls -A "$data" 2>/dev/null)" ]; then
  echo "restore.sh: $data is not empty: move it away, it may hold what no backup has" >&2
  exit 1
fi
mkdir -p "$data"
cp -R "$base/." "$data"
cat >> "$data/postgresql.auto.conf" <<END
restore_command = 'for d in wal older; do for e in "" .partial; do cp "$BACKUPS/\$d/%f\$e" "%p" && exit; done; done; exit 1'
recovery_target_time = '$time'
recovery_target_action = 'promote'
END
touch "$data/recovery.signal"
