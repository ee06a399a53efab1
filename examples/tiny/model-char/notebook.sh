#!/bin/sh
# Jupyter itself reads JUPYTER_TOKEN. It keeps its settings below HOME, which a user that the image
# does not know may not write; what matters lies below /model.
[ -w "${HOME:-/}" ] && [ "${HOME:-/}" != / ] || HOME="$(mktemp -d)"
export HOME
cd /model || exit 1
exec jupyter lab --ip=0.0.0.0 --port=8888 --ServerApp.port_retries=0 --no-browser --allow-root \
  --ServerApp.root_dir=/model --FileContentsManager.delete_to_trash=False
