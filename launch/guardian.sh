# Reads, line by line, which groups of processes run and which folders are temporary. At the end of
# the input it ends those and deletes these. SIGINT first: PostgreSQL then leaves nothing in shared
# memory. After three seconds it is SIGKILL for those that are left.
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
