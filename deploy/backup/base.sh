#!/bin/sh
# Makes a base backup in $BACKUPS/base, and deletes all but the newest $KEEP (7), with the log before them.
set -eu
umask 077
mkdir -p "$BACKUPS/base"
part="$BACKUPS/base.part"
rm -rf "$part"
pg_basebackup --pgdata="$part" --checkpoint=fast --wal-method=stream
mv "$part" "$BACKUPS/base/$(date -u +%Y-%m-%dT%H%M%SZ)"
ls -1 "$BACKUPS/base" | head -n "-${KEEP:-7}" | while read -r old; do rm -rf "${BACKUPS:?}/base/$old"; done
oldest=$(ls -1 "$BACKUPS/base" | head -n 1)
start=$(sed -n 's/^START WAL LOCATION: .*(file \(.*\))$/\1/p' "$BACKUPS/base/$oldest/backup_label")
for log in wal older; do
  mkdir -p "$BACKUPS/$log"
  pg_archivecleanup "$BACKUPS/$log" "$start"
done
