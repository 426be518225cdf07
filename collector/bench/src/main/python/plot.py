"""Plots as SVG, by hand: bars with their spread, and lines over a logarithmic axis. No library, so that anybody can make them again."""

import math
from xml.sax.saxutils import escape

WIDTH, LABELS, BAR, GAP = 760, 250, 18, 8
COLOURS = ["#1f6f8b", "#d1495b", "#8d6a9f", "#5b8c5a", "#c98b2b", "#777777", "#2f4b7c"]


def number(value):
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _document(height, title, body):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="22" font-size="15" font-weight="bold">{escape(title)}</text>',
        *body,
        "</svg>",
    ]) + "\n"


def bars(title, unit, groups, logarithmic=False):
    """groups: [(heading, [(label, median, least, most)])]; the first bar of each group is ours, and coloured so."""
    present = [bar for _, group in groups for bar in group]
    most = max((bar[3] for bar in present), default=1) or 1
    least = min((bar[2] for bar in present if bar[2] > 0), default=1) / 2
    span = WIDTH - LABELS - 90

    def place(value):
        if not logarithmic:
            return LABELS + span * max(value, 0) / most
        return LABELS + span * (math.log(max(value, least) / least) / math.log(most / least) if most > least else 1)

    body, y = [], 40
    for heading, group in groups:
        body.append(f'<text x="12" y="{y + 12}" font-weight="bold">{escape(heading)}</text>')
        y += BAR + 4
        for label, median, low, high in group:
            colour = COLOURS[0] if label.startswith("Ringside") else "#b9c4c9"
            middle = y + BAR / 2
            body += [
                f'<text x="{LABELS - 8}" y="{middle + 4}" text-anchor="end">{escape(label)}</text>',
                f'<rect x="{LABELS}" y="{y}" width="{max(place(median) - LABELS, 1):.1f}" height="{BAR}" fill="{colour}"/>',
                f'<line x1="{place(low):.1f}" x2="{place(high):.1f}" y1="{middle}" y2="{middle}" stroke="#333333"/>',
                f'<text x="{max(place(high), place(median)) + 6:.1f}" y="{middle + 4}">{number(median)}</text>',
            ]
            y += BAR + GAP
        y += 6
    body.append(f'<text x="{LABELS}" y="{y + 10}" fill="#555555">{escape(unit)}{", logarithmic" if logarithmic else ""}; '
                "the line is from least to most</text>")
    return _document(y + 22, title, body)


def lines(title, unit, across, series):
    """series: [(label, [(x, median)])] with x > 0, on a logarithmic axis; y begins at 0."""
    left, right, top, bottom = 70, WIDTH - 190, 44, 300
    xs = sorted({x for _, points in series for x, _ in points})
    most = max((y for _, points in series for _, y in points), default=1) or 1
    first, last = (xs[0], xs[-1]) if xs else (1, 1)

    def at(x, y):
        share = math.log(x / first) / math.log(last / first) if last > first else 0.5
        return left + (right - left) * share, bottom - (bottom - top) * y / most

    body = [f'<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="#333333"/>']
    for share in (0, 0.25, 0.5, 0.75, 1):
        _, y = at(first, most * share)
        body.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{number(most * share)}</text>')
    for x in xs:
        place, _ = at(x, 0)
        body.append(f'<text x="{place:.1f}" y="{bottom + 16}" text-anchor="middle">{number(x)}</text>')
    for index, (label, points) in enumerate(series):
        colour = COLOURS[index % len(COLOURS)]
        drawn = " ".join("{:.1f},{:.1f}".format(*at(x, y)) for x, y in sorted(points))
        body.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        body += ['<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="{}"/>'.format(*at(x, y), colour) for x, y in points]
        body.append(f'<text x="{right + 12}" y="{top + 14 + 18 * index}" fill="{colour}">{escape(label)}</text>')
    body.append(f'<text x="{left}" y="{bottom + 36}" fill="#555555">{escape(unit)}, over {escape(across)} (logarithmic)</text>')
    return _document(bottom + 48, title, body)
