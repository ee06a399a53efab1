#!/bin/sh
set -e
mkdir -p /dataset/logs
for line in "one two three" "two three four" "three four five"; do
  echo "{\"text\": \"$line\"}"
done > "$LOAD_DATA_PATH"
echo loaded >> /dataset/logs/log
