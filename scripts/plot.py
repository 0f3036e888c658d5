#!/usr/bin/env python3
"""Draws the CSV of `cargo bench --bench http -- --scale FILE` as SVG.

    scripts/plot.py target/scale.csv docs/performance

One file for each thing that was varied and each number that is worth seeing; Python alone is enough.
"""

import csv
import math
import sys
from collections import defaultdict
from pathlib import Path

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 70, 120, 40, 50
COLORS = {"hyper": "#6b7280", "axum": "#d97706", "ours": "#2563eb"}
# (axis, workload, column, file, title, unit, whether both axes are logarithmic)
PLOTS = [
    ("routes", "GET", "cpu_us", "routes", "CPU of the server per GET", "µs", False),
    ("routes", "GET /[id]", "cpu_us", "routes-dynamic", "CPU of the server per GET of a dynamic route", "µs", False),
    ("connections", "GET", "requests_per_second", "connections", "GET, requests per second", "req/s", False),
    ("connections", "GET", "rss_kb", "memory", "Resident memory after load", "KB", True),
    ("body bytes", "POST", "cpu_us", "bodies", "CPU of the server per POST of JSON that comes back", "µs", True),
    ("threads", "GET", "requests_per_second", "threads", "GET, requests per second", "req/s", False),
]


def number(value):
    """1234567 as 1.2M."""
    for limit, suffix in ((1 << 20, "Mi"), (1 << 10, "Ki")):
        if value >= limit and value % limit == 0:
            return f"{value // limit:g}{suffix}"
    for limit, suffix in ((1e6, "M"), (1e4, "k")):
        if value >= limit:
            return f"{value / (1e6 if suffix == 'M' else 1e3):g}{suffix}"
    return f"{value:g}"


def nice_ceiling(value):
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value)


def draw(title, unit, x_name, lines, logarithmic):
    xs = sorted({x for points in lines.values() for x, _ in points})
    ys = [y for points in lines.values() for _, y in points]
    if logarithmic:
        low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))
        ticks = [10.0**power for power in range(low, high + 1)]
    else:
        low, high = 0, nice_ceiling(max(ys))
        ticks = [high * step / 5 for step in range(6)]

    def place_x(x):
        first, last = math.log(xs[0]), math.log(xs[-1])
        return LEFT + (math.log(x) - first) / ((last - first) or 1) * (WIDTH - LEFT - RIGHT)

    def place_y(y):
        at = math.log10(y) if logarithmic else y
        return HEIGHT - BOTTOM - (at - low) / ((high - low) or 1) * (HEIGHT - TOP - BOTTOM)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="14" fill="#111">{title} ({unit})</text>',
    ]
    for tick in ticks:
        y = place_y(tick)
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e5e7eb"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#374151">{number(tick)}</text>')
    for x in xs:
        out.append(f'<text x="{place_x(x):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#374151">{number(x)}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle" fill="#111">{x_name}</text>')
    last = None
    for name, points in sorted(lines.items(), key=lambda line: place_y(line[1][-1][1])):
        color = COLORS[name]
        path = " ".join(f"{place_x(x):.1f},{place_y(y):.1f}" for x, y in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        out.extend(f'<circle cx="{place_x(x):.1f}" cy="{place_y(y):.1f}" r="3" fill="{color}"/>' for x, y in points)
        label = place_y(points[-1][1]) + 4
        label = label if last is None else max(label, last + 14)
        last = label
        out.append(f'<text x="{WIDTH - RIGHT + 10}" y="{label:.1f}" fill="{color}">{name}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main(source, directory):
    rows = list(csv.DictReader(Path(source).read_text().splitlines()))
    Path(directory).mkdir(parents=True, exist_ok=True)
    for axis, workload, column, name, title, unit, logarithmic in PLOTS:
        lines = defaultdict(list)
        for row in rows:
            if row["axis"] == axis and row["workload"] == workload:
                lines[row["server"]].append((int(row["value"]), float(row[column])))
        if lines:
            svg = draw(title, unit, axis, {name: sorted(points) for name, points in lines.items()}, logarithmic)
            Path(directory, f"{name}.svg").write_text(svg)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
