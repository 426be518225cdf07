"""What a row of the comparison has measured, and its file: docs/performance/ROW.json.

    {"row": "drain", "machine": {"cpu": "...", "cores": 2, ...}, "taken": "2026-01-31 12:00 UTC", "quick": true, "load_before": 0.1, "seconds": 40,
     "samples": [{"case": "64 bytes", "contender": "ringside", "metric": "ns_per_record", "values": [4.1, 4.0]}],
     "absent": [{"case": "64 bytes", "contender": "go", "reason": "no Go here"}]}

Every value that was taken is kept, in the order in which it was taken; what is shown is the median, least and most.
"""

import datetime
import json
import os
import pathlib
import platform
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[5]
DIRECTORY = ROOT / "docs" / "performance"


def machine():
    cpu, memory = platform.machine(), 0
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemTotal"):
            memory = round(int(line.split()[1]) / 1024 / 1024)
    return {"cpu": cpu, "cores": os.cpu_count(), "memory_gib": memory, "kernel": platform.release()}


def busy_cores(seconds):
    """How many cores others keep busy while we wait; the load average would be that of our own row before."""
    def busy():
        fields = [int(field) for field in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return sum(fields) - fields[3] - fields[4]  # less idle and waiting for a disk
    before, started = busy(), time.monotonic()
    time.sleep(seconds)
    return (busy() - before) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - started)


class Results:
    def __init__(self, row, content=None):
        self.row = row
        self.content = content or {
            "row": row,
            "machine": machine(),
            "taken": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
            "quick": False,
            "load_before": 0,
            "seconds": 0,
            "samples": [],
            "absent": [],
        }

    @classmethod
    def of(cls, row, directory=DIRECTORY):
        """The row's last results, or None before its first run."""
        file = directory / f"{row}.json"
        return cls(row, json.loads(file.read_text())) if file.exists() else None

    def save(self, directory=DIRECTORY):
        directory.mkdir(exist_ok=True)
        head = {key: value for key, value in self.content.items() if key not in ("samples", "absent")}
        lines = [json.dumps(head)[:-1] + ', "samples": [']
        lines.append(",\n".join(json.dumps(sample) for sample in self.content["samples"]) + '], "absent": [')
        lines.append(",\n".join(json.dumps(absent) for absent in self.content["absent"]) + "]}")
        (directory / f"{self.row}.json").write_text("\n".join(lines) + "\n")

    def add(self, case, contender, metric, *values):
        """One more value, or several, of what is measured; rounded to five digits, which is more than they are worth."""
        rounded = [float(f"{value:.5g}") for value in values]
        for sample in self.content["samples"]:
            if (sample["case"], sample["contender"], sample["metric"]) == (case, contender, metric):
                sample["values"] += rounded
                return
        self.content["samples"].append({"case": case, "contender": contender, "metric": metric, "values": rounded})

    def absent(self, case, contender, reason):
        """This contender can't run here; its line in the table says so."""
        entry = {"case": case, "contender": contender, "reason": str(reason).strip()}
        if entry not in self.content["absent"]:
            self.content["absent"].append(entry)
            print(f"      {contender}, {case}: can't run here: {entry['reason']}", file=sys.stderr)

    def reason(self, case, contender):
        for absent in self.content["absent"]:
            if absent["case"] in (case, "") and absent["contender"] == contender:
                return absent["reason"]
        return None

    def values(self, case, contender, metric):
        for sample in self.content["samples"]:
            if (sample["case"], sample["contender"], sample["metric"]) == (case, contender, metric):
                return sample["values"]
        return []

    def median(self, case, contender, metric):
        values = self.values(case, contender, metric)
        return statistics.median(values) if values else None

    def ratio(self, case, contender, other, metric):
        one, two = self.median(case, contender, metric), self.median(case, other, metric)
        return one / two if one is not None and two else None

    def cases(self):
        return list(dict.fromkeys(entry["case"] for entry in self.content["samples"] + self.content["absent"] if entry["case"]))

    def contenders(self, case):
        entries = self.content["samples"] + [absent for absent in self.content["absent"]]
        return list(dict.fromkeys(entry["contender"] for entry in entries if entry["case"] in (case, "")))
