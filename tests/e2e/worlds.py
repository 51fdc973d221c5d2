"""Which of the two worlds a trig is of: with native code, or (-DTRIG_JIT=OFF) without."""
import pathlib
import subprocess

SHOP = pathlib.Path(__file__).resolve().parents[2] / "examples/shop"


def makes_native_code(trig):
    done = subprocess.run([trig, "dump", "--stage", "llvm", SHOP], capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode != 0 and "built without native code" not in done.stderr:
        raise AssertionError(done.stderr)
    return done.returncode == 0
