"""Reads dashboards into Grafana's own model and writes them out again: what is missing then, Grafana doesn't know.

grafana_model.py FILE...   prints a line for each unknown member; the model is the grafana_foundation_sdk on PYTHONPATH.
"""

import json
import sys

from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard


def unknown(ours, theirs, path):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name, value in ours.items():
            if name in theirs:
                yield from unknown(value, theirs[name], f"{path}.{name}")
            elif value is not None:
                yield f"{path}.{name}: unknown"
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (one, other) in enumerate(zip(ours, theirs)):
            yield from unknown(one, other, f"{path}[{index}]")
    elif ours != theirs:
        yield f"{path}: {ours!r} is read as {theirs!r}"


plugins.register_default_plugins()
for file in sys.argv[1:]:
    with open(file, encoding="utf-8") as source:
        dashboard = json.load(source)
    read_back = json.loads(json.dumps(Dashboard.from_json(dashboard), cls=JSONEncoder))
    for line in unknown(dashboard, read_back, file):
        print(line)
