"""What zsh makes of a line and TAB, in a terminal of its own: without one it completes nothing."""
import os
import pathlib
import pty
import select
import signal
import tempfile
import time

SECONDS = 30
SETUP = """\
PS1= ; autoload -U compinit; compinit -D -u; source {script}
setopt no_beep; unsetopt list_ambiguous auto_list auto_menu
tell() {{ print -rn -- "$BUFFER" >{answer}.part; command mv {answer}.part {answer}; BUFFER= }}
zle -N tell; bindkey '^X' tell
print -n ready >{answer}
"""


class Zsh:
    def __init__(self, script):
        self.folder = tempfile.TemporaryDirectory()
        self.answer = pathlib.Path(self.folder.name, "answer")
        setup = pathlib.Path(self.folder.name, "setup")
        setup.write_text(SETUP.format(script=script, answer=self.answer))
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir("/")
            os.environ["TERM"] = "dumb"
            os.execvp("zsh", ["zsh", "-f", "-i"])
        self.type(f" source {setup}\n")
        self.answered()

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def answered(self):
        deadline = time.monotonic() + SECONDS
        while not self.answer.exists():
            if time.monotonic() > deadline:
                raise AssertionError("zsh says nothing")
            if select.select([self.terminal], [], [], 0.02)[0]:
                os.read(self.terminal, 65536)  # what it shows, which would fill the terminal
        text = self.answer.read_text()
        self.answer.unlink()
        return text

    def completed(self, line):
        """The line after TAB."""
        self.type(line + "\t\x18")
        return self.answered()

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)
        self.folder.cleanup()
