#!/bin/sh
exec python3 /model/src/serve.py 8080
