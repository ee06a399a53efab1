# Runs in the Pod while the notebook is open, and answers one line of its input after another.
# It needs a POSIX shell, GNU find, and coreutils. $1: the directory. $2: who opened it. $3: their session.
# When its input ends, so does it.
set -u
export LC_ALL=C
own="$1/.substratus"
opened=
list=$(mktemp) || { echo 'error the Pod has no place for temporary files'; exit 1; }
here=/tmp/substratus-open
mine="$here/$3-$$"
trap 'rm -f "$list" "$list.errors" "$mine"' EXIT
trap 'exit 0' HUP INT TERM
mkdir -p "$here" && chmod 1777 "$here" 2>/dev/null
if [ -L "$here" ] || [ ! -d "$here" ]; then echo "error $here is not a directory"; exit 1; fi
printf '%s\n' "$2" > "$mine"
mark() { # what distinguishes this directory from another: the inode and the time of an empty one in it
  [ -d "$own" ] && [ ! -L "$own" ] && stat -c '%i-%.9Y' -- "$own"
}
printf 'hello\n'
while read -r word rest; do
  case $word in
    id) # the mark of this directory; made the first time, so that another one has another
      lacks=
      for each in find tar stat mv sha256sum xargs; do
        "$each" --version > "$list" 2>&1 || lacks="$lacks $each" # busybox' find and stat have none
      done
      [ -z "$lacks" ] || { printf 'lacks%s\n' "$lacks"; continue; }
      if [ -L "$own" ] || { [ -e "$own" ] && [ ! -d "$own" ]; }; then
        printf 'error %s is a link or a file, and not of the sync. Look where it comes from, and remove it\n' "$own"
        continue
      fi
      if ! mkdir -p "$own" 2> /dev/null || [ ! -w "$1" ]; then
        printf 'error the directory %s cannot be written to. Let the user of the image write there\n' "$1"
        continue
      fi
      find "$1" -mindepth 1 -maxdepth 1 -type d -name '.substratus-*' -mmin +1440 -exec rm -rf {} +
      opened=$(mark)
      printf 'id %s\n' "$opened" ;;
    list) # $rest: the sum of the listing that the other side has
      if [ -z "$opened" ] || [ "$(mark)" != "$opened" ]; then
        printf 'error the directory %s is not the one that was opened\n' "$1"
        continue
      fi
      if ! find "$1" -ignore_readdir_race -mindepth 1 \
        \( -name .git -o -name .substratus -o -name '.substratus-*' -o -name .ipynb_checkpoints \) -prune -o \
        -printf '%y %s %T@ %m %P\0' > "$list" 2> "$list.errors"; then
        printf 'error %s\n' "$(head -n 1 "$list.errors")"
        continue
      fi
      sum=$(cksum < "$list" | tr -d ' ')
      if [ "$sum" = "$rest" ]; then
        printf 'same\n'
      else
        printf 'list %s %s %s\n' "$(stat -c %s "$list")" "$(date +%s.%N)" "$sum"
        cat "$list"
      fi ;;
    beat) # I am here; who else was, within a minute?
      touch "$mine"
      others=$(find "$here" -type f -mmin -1 ! -name "$3-*" -exec head -qn 1 {} + | sort -u | tr '\n' ';')
      printf 'others %s\n' "$others" ;;
  esac
done
