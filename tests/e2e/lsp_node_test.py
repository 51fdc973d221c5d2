#!/usr/bin/env python3
"""The language client of VS Code, in node, driving `trig lsp`: lsp_client.mjs says what it does.

    tests/e2e/lsp_node_test.py build/release/trig
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import lsp_project


def main():
    trig = pathlib.Path(sys.argv[1]).resolve()
    script = pathlib.Path(__file__).with_name("lsp_client.mjs")
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder) / "a shop"
        lsp_project.write(project)
        variables = dict(os.environ, XDG_CACHE_HOME=str(pathlib.Path(folder) / "cache"))
        done = subprocess.run(["node", script, trig, project], env=variables, timeout=100)
        if done.returncode != 0:
            sys.exit("the client of VS Code and `trig lsp` did not do what was expected")


if __name__ == "__main__":
    main()
