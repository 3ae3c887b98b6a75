# Reads from stdin the process groups to end and the temporary folders to delete, and does so when the
# input ends. SIGINT first, so that PostgreSQL cleans up its shared memory; SIGKILL after 3 seconds.
trap '' HUP INT TERM
children=' ' folders=
while read -r what name; do
  case $what in
    add) children="$children$name " ;;
    forget)
      case $children in
        *" $name "*) children="${children%%" $name "*} ${children#*" $name "}" ;;
      esac ;;
    remove) folders="$folders$name
" ;;
  esac
done
signal() { for child in $children; do kill -s "$1" -- "-$child" 2>/dev/null && left=1; done; }
left=; signal INT
for second in 1 2 3; do
  left=; signal 0
  [ -z "$left" ] || sleep 1
done
signal KILL
printf %s "$folders" | while read -r folder; do rm -rf -- "$folder"; done
