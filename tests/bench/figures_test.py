#!/usr/bin/env python3
"""What the table of `./dev bench` says of measurements that came, failed, or never were."""

import os
import sys
import tempfile
import unittest

import figures
import page
import plots
import run
import series

KEYS = {"name", "value", "unit", "limit", "ratio", "target", "reached"}


def line(program, name, value, **more):
    return {"program": program, "name": name, "value": value, "unit": "events/s", **more}


def peer(name, value, workload="filter", campaigns=1000):
    return line("peers", name, value, workload=workload, campaigns=campaigns, published="nothing",
                source="", configuration="as it is", why="wrong")


def judged(results, failures=None):
    rows, reasons = figures.judge_all(results, failures or {})
    return {row["name"]: row for row in rows}, reasons


class Figures(unittest.TestCase):
    def test_nothing_measured_reaches_nothing(self):
        rows, reasons = judged([], {"filter_bench": "exit code 1"})
        self.assertEqual(len(rows), len(figures.FIGURES), "names are unique")
        for row in rows.values():
            self.assertEqual(set(row), KEYS)
            self.assertIs(row["reached"], False)
        self.assertEqual(reasons[figures.FILTER], "exit code 1")

    def test_a_failed_program_has_no_figure_whatever_it_printed(self):
        results = [line("filter_bench", "filter 1000, native, optimised", 4e7)]
        self.assertTrue(judged(results)[0][figures.FILTER]["reached"])
        rows, _ = judged(results, {"filter_bench": "exit code 1"})
        self.assertIsNone(rows[figures.FILTER]["value"])
        self.assertFalse(rows[figures.FILTER]["reached"])

    def test_a_bound_of_the_value_the_ratio_or_what_is_beyond_the_limit(self):
        name = "mixed JSON, 100 campaigns, against parsing"
        rows, _ = judged([line("mixed_bench", "mixed 100, native", 49, limit=100)])
        self.assertEqual((rows[name]["ratio"], rows[name]["reached"]), (0.49, False))
        rows, _ = judged([line("mixed_bench", "mixed 100, native", 50, limit=100)])
        self.assertTrue(rows[name]["reached"])
        name = "cold start, 10,000 campaigns, beyond the check"
        for seconds, reached in [(5.9, True), (6.1, False)]:
            rows, _ = judged([line("restart_bench", "cold start 10000", seconds, limit=4)])
            self.assertIs(rows[name]["reached"], reached)
        name = "a year in `trig test`"
        self.assertTrue(judged([line("test_year", "a year", 10)])[0][name]["reached"])
        self.assertFalse(judged([line("test_year", "a year", 10.1)])[0][name]["reached"])

    def test_a_line_with_a_target_goes_before_one_without(self):
        results = [line("publish_bench", "among 10000, from its source", 40, target=50),
                   line("publish_bench", "among 10, from its source", 1)]
        rows, _ = judged(results)
        self.assertEqual(rows["one changed of 10,000: from its source"]["value"], 40)

    def test_against_the_best_peer_that_was_right(self):
        name = figures.FILTER + ", against the best peer"
        ours = line("filter_bench", "filter 1000, native, optimised", 2e7)
        rows, _ = judged([ours, peer("a", 1e6), peer("b", 3e6), peer("wrong", None),
                          peer("another workload", 9e6, campaigns=10)])
        self.assertEqual((rows[name]["limit"], rows[name]["reached"]), (3e6, False))
        rows, _ = judged([ours, peer("a", 1e6), peer("wrong", None)])
        self.assertEqual((rows[name]["ratio"], rows[name]["reached"]), (20, True))
        rows, reasons = judged([ours, peer("wrong", None)])
        self.assertFalse(rows[name]["reached"])
        self.assertEqual(reasons[name], "no peer ran")

    def test_the_table_has_a_line_a_figure(self):
        rows, reasons = figures.judge_all([line("test_year", "a year", 3)], {})
        table = figures.table(rows, reasons)
        self.assertEqual(len(table), len(figures.FIGURES) + 2)
        year = [line for line in table if line.startswith("a year in `trig test`")]
        self.assertEqual(len(year), 1, table)
        self.assertTrue(year[0].endswith("| yes"), year[0])
        self.assertIn("not measured", table[2])


class Programs(unittest.TestCase):
    def measured(self, text, seconds=20):
        lines = []
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "tests"))
            program = os.path.join(folder, "tests", "program")
            with open(program, "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\n" + text)
            os.chmod(program, 0o755)
            why = run.measure(folder, "program", [], seconds, lines.append)
        return lines, why

    def test_what_it_prints_counts_until_it_fails(self):
        self.assertEqual(self.measured("echo words\necho '{\"a\":1}'"), ([{"a": 1}], None))
        self.assertEqual(self.measured("echo '{\"a\":1}'\necho no >&2\nexit 3"),
                         ([{"a": 1}], "exit code 3 no"))
        lines, why = self.measured("echo '{\"a\":1}'\nsleep 60", 1)
        self.assertEqual((lines, why), ([{"a": 1}], "not done after 1 s"))

    def test_a_missing_program_says_so(self):
        self.assertEqual(run.measure("/nowhere", "program", [], 1, print), "program is not built")


class Documents(unittest.TestCase):
    def test_only_the_blocks_of_a_page_change(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "page.md")
            with open(path, "w", encoding="utf-8") as file:
                file.write("a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n")
            page.fill(path, {"x": ["new"]})
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), "a\n<!-- x: begin -->\nnew\n<!-- x: end -->\nb\n")
            with self.assertRaises(SystemExit):
                page.fill(path, {"y": []})

    def test_a_plot_takes_from_the_table_what_was_measured_of_just_that(self):
        def of(plot, title):
            return next(line for shown in series.PLOTS if shown.name == plot
                        for line in shown.lines if line.title == title)

        rows = [{**peer("filter 1000", 7.0), "peer": "esper", "people": 100_000},
                {**peer("cart 10", 5.0, "cart", 10), "peer": "esper", "people": 1000},
                line("pending_bench", "pending 1000, on disk each", 38.0)]
        taken = [(plot, number,
                  [row["value"] for row in series.already(of(plot, title), number, rows)])
                 for plot, title in (("campaigns", "Esper"), ("campaigns", "Drools"),
                                     ("campaigns", "trig, native"), ("people", "Esper"),
                                     ("pending", "trig"))
                 for number in (1000, 100_000)]
        self.assertEqual([one for one in taken if one[2]],
                         [("campaigns", 1000, [7.0]), ("people", 1000, [5.0]),
                          ("pending", 1000, [38.0])])

    def test_plots_and_table_call_a_figure_the_same(self):
        for name, said in (("people", "cart 10, events"),
                           ("campaigns", "filter 10, native, optimised"),
                           ("pending", "pending 10, on disk each")):
            ours = next(plot for plot in series.PLOTS if plot.name == name).lines[0]
            self.assertRegex(said, ours.pattern)

    def test_a_plot_shows_what_there_is_and_names_what_there_is_not(self):
        text = plots.draw({"title": "t < u", "x": "x", "y": "y", "lines": [
            {"title": "ours", "ours": True, "points": [[10, 1], [1000, 30]], "why": None},
            {"title": "theirs", "ours": False, "points": [], "why": "no <timers>"}]})
        self.assertIn("t &lt; u", text)
        self.assertIn("<polyline", text)
        self.assertIn("not measured: theirs (no &lt;timers&gt;)", text)
        self.assertEqual(plots.spread([10, 11, 200]), [10, 10 + plots.LABEL_APART, 200])


if __name__ == "__main__":
    sys.exit(unittest.main())
