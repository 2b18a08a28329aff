#!/usr/bin/env bash
# bench/compare.sh OLD.json NEW.json: what got slower between two results of bench/run.sh, beyond the noise, and what got faster.
# Code 0: nothing got slower; 1: something did; 2: they cannot be compared.
exec python3 "$(dirname "$0")/suite/compare.py" "$@"
