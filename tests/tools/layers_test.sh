#!/usr/bin/env bash
# Configures the real project with one more library that links upward: the configuration must stop
# and say why. The same library with a link downward must pass, so that nothing else stopped it.
#
#   layers_test.sh SOURCE_DIR SCRATCH_DIR
set -euo pipefail
source_dir=$1
scratch=$2
rm -rf "$scratch"
mkdir -p "$scratch"

# configure NAME LAYER LINKED: runs after the project's own list, through CMake's own hook.
configure() {
  cat >"$scratch/$1.cmake" <<END
cmake_language(DEFER CALL trig_library $1 LAYER $2 FOLDER runtime/ports LINKS $3)
END
  cmake -S "$source_dir" -B "$scratch/$1" -G Ninja \
    "-DCMAKE_PROJECT_trig_INCLUDE=$scratch/$1.cmake" >"$scratch/$1.log" 2>&1
}

if ! configure downward 9 store; then
  cat "$scratch/downward.log"
  echo "layers_test: a link to a lower layer was refused"
  exit 1
fi
for link in "upward 2 store" "sideways 7 store"; do
  read -r name layer linked <<<"$link"
  if configure "$name" "$layer" "$linked"; then
    echo "layers_test: a library of layer $layer was allowed to link to $linked of layer 7"
    exit 1
  fi
  if ! tr '\n' ' ' <"$scratch/$name.log" | tr -s ' ' |
    grep -q "$name (layer $layer) must not link to store (layer 7)"; then
    cat "$scratch/$name.log"
    echo "layers_test: the configuration failed for another reason"
    exit 1
  fi
done
echo "layers_test: an upward and a sideways link are refused, a downward one is not"
