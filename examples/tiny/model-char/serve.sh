#!/bin/sh
exec gunicorn --chdir /model/src --bind 0.0.0.0:8080 --worker-class gthread --threads 4 \
  --worker-tmp-dir /tmp --no-control-socket 'serve:create_app()'
