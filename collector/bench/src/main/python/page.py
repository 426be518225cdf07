"""docs/performance.md: its tables, goals and plots, from the results beside it; and the short table of README.md. What stands between the marks is written
here; the rest by hand."""

import contenders
import plot
from results import DIRECTORY, ROOT, Results
from rows import ROWS, applications as loads, hook_cost as hooks

PAGE = ROOT / "docs" / "performance.md"
# Cores that others kept busy before a row: what was taken then is no figure of this machine's.
BUSY = 0.3
README = ROOT / "README.md"


def _digits(value, digits):
    return f"{value:,.{digits}f}"


def _cell(results, case, contender, column):
    values = results.values(case, contender, column.metric)
    if not values:
        return "–"
    text = _digits(results.median(case, contender, column.metric), column.digits)
    if column.spread and len(values) > 1:
        text += f" ({_digits(min(values), column.digits)}–{_digits(max(values), column.digits)})"
    return text


def _table(row, results):
    headings = [column.heading for column in row.columns]
    yield "| | | " + " | ".join(headings) + " |"
    yield "|---" * (2 + len(headings)) + "|"
    for case in results.cases():
        present = results.contenders(case)
        label = case
        for contender in [name for name in row.contenders if name in present] + [name for name in present if name not in row.contenders]:
            reason = results.reason(case, contender)
            cells = [_cell(results, case, contender, column) for column in row.columns]
            if reason and all(cell == "–" for cell in cells):
                cells = [f"can't run here: {reason}"] + [""] * (len(cells) - 1)
            name = row.contenders.get(contender, f"`{contender}`")
            yield f"| {label} | {name} | " + " | ".join(cells) + " |"
            label = ""


def verdict(goal, results):
    """(what was seen, whether that is enough) of a goal; (None, None) when it wasn't measured."""
    figure = goal.figure(results)
    return (None, None) if figure is None else (figure, goal.met(figure))


def _goals(row, results):
    yield "| goal | seen | |"
    yield "|---|---|---|"
    for goal in row.goals:
        figure, met = verdict(goal, results)
        if figure is None:
            yield f"| {goal.text} | – | not measured |"
        else:
            seen = f"{plot.number(figure)}{' ' + goal.unit if goal.unit else ''}"
            yield f"| {goal.text} | {seen} | {'met' if met else '**missed**' + (': ' + goal.why if goal.why else '')} |"


def _where(results):
    m = results.content["machine"]
    kind = "quick run" if results.content["quick"] else "full run"
    took = f", {results.content['seconds']} s" if "seconds" in results.content else ""
    noisy = " **Other work had the machine: to be taken again.**" if results.content["load_before"] > BUSY else ""
    return (f"{m['cpu']}, {m['cores']} cores, {m['memory_gib']} GiB, Linux {m['kernel']}; {results.content['taken']}, {kind}{took}, "
            f"{results.content['load_before']} cores busy before it. Median (least–most). [All values](performance/{results.row}.json).{noisy}")


def _svg(row, spec, results):
    bar = lambda case, name: (row.contenders[name], results.median(case, name, spec.metric),
                              min(results.values(case, name, spec.metric)), max(results.values(case, name, spec.metric)))
    cases = [case for case in results.cases() if spec.cases(case)]
    measured = lambda case: [name for name in row.contenders if results.values(case, name, spec.metric)]
    if not spec.lines:
        return plot.bars(spec.title, spec.unit, [(case, [bar(case, name) for name in measured(case)]) for case in cases if measured(case)],
                         spec.logarithmic)
    first = lambda case: float(case.split()[0].replace(",", ""))
    series = [(row.contenders[name], [(first(case), results.median(case, name, spec.metric)) for case in cases if name in measured(case)])
              for name in row.contenders]
    return plot.lines(spec.title, spec.unit, spec.across, [(label, points) for label, points in series if points])


def section(row, results):
    """A row's part of the page."""
    parts = [row.text]
    if results is None:
        return parts[0] + "\n\nNot measured yet."
    parts += ["\n".join(_goals(row, results)), "\n".join(_table(row, results))]
    parts += [f"![{spec.title}](performance/{spec.name}.svg)" for spec in row.plots]
    parts.append(_where(results))
    return "\n\n".join(parts)


def summary(all_results):
    """Each row's first goals: what the top of the page shows."""
    lines = ["| what | goal | seen | |", "|---|---|---|---|"]
    for row in ROWS:
        results = all_results.get(row.name)
        label = f"[{row.title}](#{row.title.lower().replace(' ', '-').replace(',', '').replace('/', '')})"
        for goal in row.goals:
            figure, met = verdict(goal, results) if results else (None, None)
            seen = "–" if figure is None else f"{plot.number(figure)}{' ' + goal.unit if goal.unit else ''}"
            lines.append(f"| {label} | {goal.text} | {seen} | {'not measured' if met is None else 'met' if met else '**missed**'} |")
            label = ""
    return "\n".join(lines)


def short(applications, hook_cost):
    """What the README shows: what an application keeps, and what for."""
    def pair(results, cases, who, metric, show):
        values = [results.median(case, who, metric) if results else None for case in cases]
        return " / ".join("–" if value is None else show(value) for value in values) if any(value is not None for value in values) else "–"

    lines = ["| | left, nginx on one core | left, nginx on all | BPF time per request | memory |", "|---|---|---|---|---|"]
    for who in ("nothing", "ringside", "tcplife", "libbpf-tools", "bpftrace"):
        name = contenders.LABELS[who] if who != "nothing" else "nothing, against itself: the noise"
        memory = applications.median(loads.CONNECTIONS, who, "memory_mib") if applications else None
        cells = [pair(applications, [loads.KEEPALIVE, loads.CONNECTIONS], who, "left", lambda value: f"{value:.2f}"),
                 pair(applications, [loads.ANYWHERE_KEEPALIVE, loads.ANYWHERE_CONNECTIONS], who, "left", lambda value: f"{value:.2f}"),
                 pair(hook_cost, [hooks.KEEPALIVE, hooks.CONNECTIONS], who, "ns_per_request", lambda value: plot.number(value / 1e3)),
                 "–" if memory is None else f"{memory:.0f} MiB"]
        cells[2] += "" if cells[2] == "–" else " µs"
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _between(file, text, name, content):
    start, end = f"<!-- {name}, written by scripts/bench -->\n", f"<!-- end of {name} -->"
    if start not in text or end not in text:
        raise SystemExit(f"error: no place for a section: file={file}, missing={start.strip()} … {end}")
    before, rest = text.split(start, 1)
    return before + start + content + "\n" + end + rest.split(end, 1)[1]


def files():
    """Path -> text of everything that is made from the results."""
    all_results = {row.name: results for row in ROWS if (results := Results.of(row.name))}
    text = _between(PAGE, PAGE.read_text(), "summary", summary(all_results))
    made = {}
    for row in ROWS:
        results = all_results.get(row.name)
        text = _between(PAGE, text, row.name, section(row, results))
        if results:
            for spec in row.plots:
                made[DIRECTORY / f"{spec.name}.svg"] = _svg(row, spec, results)
    made[PAGE] = text
    made[README] = _between(README, README.read_text(), "short table", short(all_results.get("applications"), all_results.get("hook_cost")))
    return made


def write():
    for path, text in files().items():
        path.write_text(text)


def stale():
    """What is not as the results have it."""
    made = files()
    wrong = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    return wrong + [path for path in sorted(DIRECTORY.glob("*.svg")) if path not in made]
