#!/bin/sh
exec python3 /dataset/src/load.py
