#!/usr/bin/env python3
"""Templates in MJML, made into HTML by the npm module `mjml`: mjml_test.py TRIG

A project whose template is MJML is checked, its mail is sent into a folder and looked at; mistakes
have their places; a project without the module says what to do.
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = os.path.join(HERE, "node_modules")

TOML = """name = "mjml"
timezone = "Europe/Paris"

[[senders]]
name = "shop"
address = "shop@example.com"
postal_address = "1 Example Street"
"""

CAMPAIGN = """record line { name: text  link: url }
event ordered { lines: list of line }
person { email: email key  first_name: text?  vip: boolean = false }
template thanks(lines: list of line) from "templates/thanks.mjml.liquid"
policy service { consent not needed }
campaign thank {
  policy service
  on ordered as order
  send thanks(lines: order.lines)
}
test "thanks" {
  person ana { email: "ana@example.com", first_name: "Ana" }
  at 2026-03-28 12:00  ana ordered { lines: [{ name: "Hat", link: "https://shop.example/hat" }] }
  after 1 minute
  expect 1 send thanks to ana
}
"""

TEMPLATE = """---
subject: Thanks, {{ person.first_name | default: "friend" }}
class: transactional
---
<mjml>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text>Thanks, {{ person.first_name | default: "friend" }}!</mj-text>
        <mj-raw>{% for line in lines %}</mj-raw>
        <mj-button href="{{ line.link }}">{{ line.name }}</mj-button>
        <mj-raw>{% endfor %}</mj-raw>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""


def expect(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")


class Project:
    def __init__(self, trig, folder, modules=True):
        self.trig, self.folder = trig, folder
        os.makedirs(os.path.join(folder, "templates"))
        self.write("trig.toml", TOML)
        self.write("shop.trig", CAMPAIGN)
        self.write("templates/thanks.mjml.liquid", TEMPLATE)
        if modules:
            os.symlink(MODULES, os.path.join(folder, "node_modules"))

    def write(self, path, text):
        with open(os.path.join(self.folder, path), "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, *arguments):
        done = subprocess.run([self.trig, *arguments], cwd=self.folder, text=True, timeout=90,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout


def main():
    trig = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as root:
        project = Project(trig, os.path.join(root, "good"))
        code, said = project.run("check")
        expect(code == 0, said)
        code, said = project.run("test")
        expect(code == 0 and "1 passed" in said, said)
        expect(len(os.listdir(os.path.join(project.folder, "templates"))) == 1,
               "the folder is left as it was")

        path = "templates/thanks.mjml.liquid"
        project.write(path, TEMPLATE.replace("mj-button", "mj-buton"))
        code, said = project.run("check")
        expect(code == 1 and "E0164" in said and f"{path}:11:1" in said, said)

        project.write(path, TEMPLATE.replace("<mj-raw>{% for line in lines %}</mj-raw>",
                                             "{% for line in lines %}"))
        code, said = project.run("check")
        expect(code == 1 and "E0165" in said and f"{path}:10:9" in said, said)

        project.write(path, TEMPLATE.replace("line.name", "line.title"))
        code, said = project.run("check")
        expect(code == 1 and "E0421" in said and f"{path}:11:" in said, said)

        bare = Project(trig, os.path.join(root, "bare"), modules=False)
        code, said = bare.run("check")
        expect(code == 1 and "E0163" in said and "npm install mjml" in said, said)
    print("MJML: checked, its mistakes placed, its absence told")


main()
