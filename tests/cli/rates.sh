#!/usr/bin/env bash
# caravan generate: each rate makes what its help says, about as often as it says, and all of it is valid by the
# reference (reference/rates.py). CARAVAN: the program.
set -uo pipefail
export PYTHONUTF8=1
cd "$(dirname "$0")/.." || exit
python3 reference/rates.py "${CARAVAN:-../build/caravan}"
