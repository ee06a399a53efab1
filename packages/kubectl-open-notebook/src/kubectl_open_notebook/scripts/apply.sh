# Takes files and what to do with them from a tar archive on its input. $1: the directory.
# The archive's members are files named by numbers, and at the end `plan`: one line for each, of
# number, what must be there still, where that is kept, and the path. Without `plan` the archive
# is not whole, and nothing happens. Each file takes its place in one step.
set -u
export LC_ALL=C
cd "$1" || exit 1
stage=$(mktemp -d ./.substratus-XXXXXXXXXX) || exit 1
trap 'rm -rf "$stage"' EXIT
trap 'exit 1' HUP INT TERM
tar -xf - --no-same-owner -C "$stage" || exit 1
[ -f "$stage/plan" ] || { echo 'the transfer was cut off' >&2; exit 1; }
find "$stage" -type f ! -name plan -printf 'staged %f %s %T@ %m\n'
is() { # whether $2 is there as $1 says; - for nothing at all
  if [ "$1" = - ]; then
    [ ! -e "$2" ] && [ ! -L "$2" ]
  else
    [ -f "$2" ] && [ ! -L "$2" ] && [ "$(stat -c '%s %.9Y' -- "$2")" = "$1" ]
  fi
}
is_direct() { # whether no link is above $1
  place=${1%/*}
  while [ "$place" != . ]; do
    [ ! -L "$place" ] || return 1
    place=${place%/*}
  done
}
IFS=$(printf '\037')
while read -r number expected keep path; do
  path="./$path"
  if ! is_direct "$path" || ! is "$expected" "$path"; then
    echo "changed $number"
    continue
  fi
  case $number in
    x*) # delete, and the directories that are empty by that
      if rm -f -- "$path"; then
        echo "done $number"
        above=${path%/*}
        [ "$above" = . ] || (cd . && rmdir -p --ignore-fail-on-non-empty -- "${above#./}" 2>/dev/null)
      else
        echo "changed $number"
      fi ;;
    *)
      [ -d "${path%/*}" ] || mkdir -p -- "${path%/*}"
      if [ "$keep" != - ]; then
        mv -nT -- "$path" "./$keep"
        expected=-
      fi
      if [ "$expected" = - ]; then
        mv -nT -- "$stage/$number" "$path"
      else
        mv -fT -- "$stage/$number" "$path"
      fi
      if [ -e "$stage/$number" ]; then echo "changed $number"; else echo "done $number"; fi ;;
  esac
done < "$stage/plan"
