#!/usr/bin/env python3
"""What somebody does in Neovim with the files of editor-support/vim and the real `trig lsp`, by
keys: a mistake is shown, its quick fix applied, nothing is wrong any more; an event's field is
renamed with its use in a template; arguments, definitions and hovers are asked for; a test is run
by its lens.

    lsp_neovim_test.py TRIG [unittest arguments]
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import lsp_project
import neovim

TRIG = ""


class InNeovim(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="trig-neovim-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.project = self.folder / "shop"
        lsp_project.without_weekly(self.project)
        self.editor = neovim.Neovim(self.folder / "home", self.project, [TRIG, "lsp"])
        self.addCleanup(self.editor.close)

    def shows(self, number):
        self.editor.until(f"{number} diagnostics",
                          lambda: len(self.editor.findings()) == number)

    def mended(self):
        """The campaign without its mistake, in the editor only."""
        self.editor.open("campaigns/cart.trig")
        self.shows(1)  # so the server has answered
        self.editor.type(":%s/cart_remindr/cart_reminder/<CR>")
        self.shows(0)

    def test_a_mistake_is_shown_and_its_fix_applied(self):
        self.editor.open("campaigns/cart.trig")
        self.assertEqual(self.editor.ask("vim.bo.filetype"), "trig")
        self.shows(1)
        self.assertIn("cart_remindr", self.editor.findings()[0])
        self.editor.go_to("cart_remindr")
        self.editor.type(":lua vim.lsp.buf.code_action()<CR>")
        self.editor.type("1<CR>")
        self.shows(0)
        self.assertIn("  send cart_reminder(total: cart.total, "
                      "shop_name: \"Caf\u00e9 \U0001f600 shop\")", self.editor.text())

    def test_a_field_is_renamed_in_the_template_too(self):
        self.mended()
        self.editor.open("shop.trig")
        self.editor.go_to("total:   money")
        self.editor.type(":lua vim.lsp.buf.rename('amount')<CR>")
        self.editor.until("it is renamed",
                          lambda: any("amount:" in line for line in self.editor.text()))
        self.shows(0)
        self.editor.type(":wall<CR>")
        self.editor.open("templates/cart_reminder.html.liquid")
        self.assertIn("<p>{{ shop_name }}: {{ amount | money }}</p>", self.editor.text())
        self.editor.until("the template is looked at too", lambda: self.editor.ask(
            "#vim.lsp.buf_get_clients(0)") == 1)
        self.shows(0)
        self.editor.open("campaigns/cart.trig")
        self.assertIn("send cart_reminder(amount: cart.amount",
                      "\n".join(self.editor.text()))
        checked = subprocess.run([TRIG, "check", self.project], capture_output=True, text=True,
                                 timeout=60, check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_arguments_are_completed(self):
        self.mended()
        self.editor.go_to("send cart_reminder(", len("send cart_reminder("))
        self.editor.type("C<C-x><C-o>")
        self.editor.until("something is offered", lambda: self.editor.ask("vim.fn.pumvisible()"))
        offered = self.editor.ask("vim.tbl_map(function(item) return item.word end, "
                                  "vim.fn.complete_info({'items'}).items)")
        self.assertEqual(offered[:2], ["shop_name: ", "total: "])
        self.editor.type("<C-n><C-y>cart.total, sho<C-x><C-o>")
        self.editor.until("one is left", lambda: "total: cart.total, shop_name: " in "".join(
            self.editor.text()))
        self.editor.type('"the shop")<Esc>')
        self.shows(0)

    def test_a_template_is_looked_at_while_it_is_typed(self):
        self.mended()
        self.editor.type(":wall<CR>")
        self.editor.open("templates/cart_reminder.html.liquid")
        self.editor.type("Go{{ totl }}<Esc>")
        self.shows(1)
        self.assertIn("totl", self.editor.findings()[0])

    def test_definition_hover_and_format(self):
        self.mended()
        self.editor.go_to("cart_reminder(")
        self.editor.type("<C-]>")
        self.editor.until("the declaration is shown", lambda: self.editor.ask(
            "vim.fn.expand('%')").endswith("shop.trig"))
        self.assertIn("template cart_reminder(", self.editor.ask("vim.fn.getline('.')"))
        self.editor.open("campaigns/cart.trig")
        mended = "\n".join(self.editor.text()) + "\n"
        self.editor.go_to("cart.total", len("cart."))
        self.editor.type(":lua vim.lsp.buf.hover()<CR>")
        self.editor.until("the type is shown", lambda: "total: money" in self.editor.ask(
            "table.concat(vim.tbl_map(function(window) return table.concat("
            "vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), ' ') end, "
            "vim.api.nvim_list_wins()), ' ')"))
        self.editor.type(":%s/^  //<CR>:lua vim.lsp.buf.formatting()<CR>")
        wanted = subprocess.run([TRIG, "fmt", "-"], input=mended, capture_output=True, text=True,
                                timeout=60, check=True).stdout
        self.editor.until("it is in the format",
                          lambda: "\n".join(self.editor.text()) + "\n" == wanted)

    def test_a_lens_runs_the_test(self):
        self.mended()
        self.editor.type(":wall<CR>")
        self.editor.open("tests/cart.trig")
        self.editor.type(":lua vim.lsp.codelens.refresh()<CR>")
        self.editor.until("there is a lens", lambda: self.editor.ask(
            "#vim.lsp.codelens.get(0)") == 1)
        self.editor.type("gg:lua vim.lsp.codelens.run()<CR>")
        self.editor.until("the test has passed in a terminal", lambda: any(
            line.startswith("1 passed, 0 failed") for line in self.editor.text()))

    def roots(self):
        return sorted(pathlib.Path(root).name for root in self.editor.ask(
            "vim.tbl_map(function(client) return client.config.root_dir end, "
            "vim.lsp.get_active_clients())"))

    def test_a_project_has_one_client_and_other_files_none(self):
        lsp_project.write(self.folder / "second")
        (self.folder / "alone.liquid").write_text("{{ page }}\n")
        self.editor.open("../alone.liquid")
        self.assertEqual(self.roots(), [])
        for file in ("campaigns/cart.trig", "shop.trig", "trig.toml"):
            self.editor.open(file)
        self.editor.until("the server of the project has started", self.roots)
        self.assertEqual(self.roots(), ["shop"])
        self.editor.open("../second/campaigns/weekly.trig")
        self.editor.until("each has its server", lambda: self.roots() == ["second", "shop"])

    def test_it_ends_with_the_editor(self):
        self.editor.open("campaigns/cart.trig")
        self.shows(1)
        self.assertEqual(self.editor.ask("#vim.lsp.get_active_clients()"), 1)
        server = self.editor.ask("vim.lsp.get_active_clients()[1].rpc.pid")
        self.assertEqual(self.editor.close(), 0)
        deadline = time.monotonic() + neovim.SECONDS
        while pathlib.Path(f"/proc/{server}").exists():
            self.assertLess(time.monotonic(), deadline, "the server goes on")
            time.sleep(0.05)


if __name__ == "__main__":
    if shutil.which("nvim") is None:
        sys.exit("there is no nvim: `./dev setup` installs it")
    TRIG = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=2)
