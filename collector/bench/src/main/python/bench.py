"""The comparison with what a user would pick instead. Called by scripts/bench, which has built everything.

    bench.py run [--quick] [ROW...]   measures, and writes docs/performance/ROW.json, the page and its plots
    bench.py page [--check]           writes the page and its plots from the results there are; --check: says what would change
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback

import page
from results import ROOT, Results, busy_cores
from rows import ROWS


class Bench:
    """What a row needs to measure: the tools that were built, a directory, how long it may take."""

    def __init__(self, work, quick):
        self.work = pathlib.Path(work)
        self.quick = quick
        self.native = ROOT / "collector" / "bench" / "target" / "native"
        self.dist = pathlib.Path(os.environ.get("BENCH_DIST", ROOT / "dist" / "ringside"))
        self.java_home = os.environ["JAVA_HOME"]
        target = ROOT / "collector" / "bench" / "target"
        self.classpath = f"{target / 'classes'}:{(target / 'classpath').read_text().strip()}"
        missing = self.native / "missing"
        self.missing = dict(line.split(": ", 1) for line in missing.read_text().splitlines()) if missing.exists() else {}

    def java(self, main, *arguments):
        command = [f"{self.java_home}/bin/java", "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-cp", self.classpath, main]
        return self.run(command + [str(argument) for argument in arguments])

    def run(self, command):
        """Its output; what it says besides is shown when it fails."""
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(str(word) for word in command)[-200:]}: exit={done.returncode}\n{done.stderr[-2000:]}")
        return done.stdout


def measure(names, quick):
    failed = []
    started = time.monotonic()
    for row in [row for row in ROWS if not names or row.name in names]:
        print(f"==> {row.title} ({time.monotonic() - started:.0f} s)", flush=True)
        results = Results(row.name)
        results.content["quick"] = quick
        results.content["load_before"] = round(busy_cores(1), 2)
        row_started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="ringside-bench-") as work:
            try:
                row.measure(Bench(work, quick), results)
                results.content["seconds"] = round(time.monotonic() - row_started)
                results.save()
                if any(absent["contender"].startswith("ringside") for absent in results.content["absent"]):
                    print("      part of Ringside could not be measured, see above")
            except Exception:  # one row that fails leaves its last results, and the others are measured
                traceback.print_exc()
                failed.append(row.name)
        page.write()
        for goal in row.goals:
            figure, met = page.verdict(goal, results)
            print(f"      {goal.text}: {'not measured' if figure is None else f'{figure:.3g}'}{'' if met in (True, None) else '  MISSED'}")
    print(f"==> {time.monotonic() - started:.0f} s; {page.PAGE.relative_to(ROOT)} is written" + (f"; FAILED: {' '.join(failed)}" if failed else ""))
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run")
    run.add_argument("--quick", action="store_true")
    run.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(row.name for row in ROWS))
    commands.add_parser("page").add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.command == "run":
        unknown = set(arguments.rows) - {row.name for row in ROWS}
        if unknown:
            parser.error(f"no such row: {' '.join(sorted(unknown))}; there are {' '.join(row.name for row in ROWS)}")
        return measure(arguments.rows, arguments.quick)
    if not arguments.check:
        page.write()
        return 0
    stale = page.stale()
    for path in stale:
        print(f"not as the results have it: {path.relative_to(ROOT)}; run scripts/bench page")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
