"""Neovim without a screen, with the package of editor-support/vim where packages are found and
`trig lsp` behind it, driven by the keys that somebody types."""
import json
import os
import pathlib
import subprocess
import time

PACKAGE = pathlib.Path(__file__).resolve().parents[2] / "editor-support" / "vim"
SECONDS = 30


class Neovim:
    def __init__(self, home, project, server):
        """`server` is the command line of the language server, as a list."""
        self.home = pathlib.Path(home)
        packages = self.home / "nvim/site/pack/trig/start"
        packages.mkdir(parents=True)
        (packages / "trig").symlink_to(PACKAGE)
        words = ", ".join(json.dumps(str(word)) for word in server)
        (self.home / "nvim/init.lua").write_text(
            f"require('trig').setup({{ cmd = {{ {words} }} }})\n")
        self.environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home),
                            "XDG_DATA_HOME": str(home), "XDG_CACHE_HOME": str(home)}
        self.socket = str(self.home / "socket")
        self.process = subprocess.Popen(["nvim", "--headless", "-n", "--listen", self.socket],
                                        cwd=project, env=self.environment,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.until("it has started", lambda: os.path.exists(self.socket))

    def remote(self, *arguments):
        return subprocess.run(["nvim", "--server", self.socket, *arguments], check=False,
                              env=self.environment, capture_output=True, text=True,
                              timeout=SECONDS)

    def type(self, keys):
        self.remote("--remote-send", keys)

    def ask(self, lua):
        """The value of an expression of Lua, as JSON."""
        quoted = lua.replace("'", "''")
        done = self.remote("--remote-expr", f"json_encode(luaeval('{quoted}'))")
        answer = done.stdout or done.stderr  # where it is written depends on the version
        try:
            return json.loads(answer)
        except json.JSONDecodeError as error:
            raise AssertionError(f"{lua}: {answer}") from error

    def until(self, what, is_so):
        deadline = time.monotonic() + SECONDS
        while not is_so():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {SECONDS} s: {what}\n{self.screen()}")
            time.sleep(0.05)

    def screen(self):
        if self.process.poll() is not None:
            return f"Neovim has ended with {self.process.returncode}"
        return "\n".join([*self.text(), *map(str, self.ask("vim.diagnostic.get(0)"))])

    def text(self):
        return self.ask("vim.api.nvim_buf_get_lines(0, 0, -1, false)")

    def open(self, path):
        self.type(f"<Esc>:edit {path}<CR>")
        self.until(f"{path} is open", lambda: self.ask("vim.fn.expand('%')").endswith(path))

    def go_to(self, text, offset=0):
        """The cursor onto the character so many behind the beginning of the text."""
        self.ask(f"vim.fn.search([[\\V{text}]], 'cw')")
        if offset:
            self.type(f"{offset}l")

    def findings(self):
        return self.ask("vim.tbl_map(function(found) return found.message end, "
                        "vim.diagnostic.get(0))")

    def close(self):
        if self.process.poll() is None:
            self.type("<C-\\><C-n>:qall!<CR>")
            try:
                self.process.wait(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode
