#!/usr/bin/env python3
"""Neovim, headless, with its built-in client, driving `trig lsp`: lsp_neovim.lua says what it does.

    tests/e2e/lsp_neovim_test.py build/release/trig
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import lsp_project


def main():
    trig = pathlib.Path(sys.argv[1]).resolve()
    if shutil.which("nvim") is None:
        sys.exit("there is no nvim: `./dev setup` installs it")
    script = pathlib.Path(__file__).with_name("lsp_neovim.lua")
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder) / "shop"
        lsp_project.without_weekly(project)
        home = pathlib.Path(folder) / "home"
        home.mkdir()
        variables = dict(os.environ, HOME=str(home), XDG_CONFIG_HOME=str(home),
                         XDG_DATA_HOME=str(home), XDG_CACHE_HOME=str(home), TRIG=str(trig),
                         PROJECT=str(project))
        done = subprocess.run(
            ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {script}"],
            env=variables, capture_output=True, text=True, timeout=100)
        print(done.stdout + done.stderr)
        if done.returncode != 0 or "as expected\n" not in done.stderr.replace("\r", ""):
            sys.exit("Neovim and `trig lsp` did not do what was expected")
        checked = subprocess.run([trig, "check", project], capture_output=True, text=True)
        if checked.returncode != 0:
            sys.exit("after renaming the project is in error:\n" + checked.stdout + checked.stderr)


if __name__ == "__main__":
    main()
