#!/bin/sh
exec python3 /model/src/train.py
