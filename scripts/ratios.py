#!/usr/bin/env python3
"""Writes the tables of docs/performance.md that compare requests in process, from what the benches print.

    cargo bench --bench service -- --instructions > target/instructions.txt
    cargo bench --bench allocations > target/allocations.txt
    scripts/ratios.py target/instructions.txt target/allocations.txt [target/criterion]

With the directory of criterion the times are those of its last run (`cargo bench --bench service`, on a machine
that does nothing else); without it the times that the table has stay in it. Python alone is enough.
"""

import json
import re
import sys
from pathlib import Path

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
COLUMNS = "| request | server | allocations | bytes | instructions | × axum | ns | × axum |"
GOALS = "| request | server | goal | instructions | × axum | allocations |"
# (request, server, what part of axum's instructions was set out to be reached)
SET_OUT = [
    ("static GET", "ours", 0.50),
    ("static GET", "ours typed", 0.50),
    ("dynamic GET", "ours", 0.50),
    ("dynamic GET", "ours Params", 0.55),
    ("GET, 4 query pairs", "ours", 0.60),
    ("GET, 4 query pairs", "ours req", 0.55),
    ("GET, 5 cookies", "ours", 0.50),
    ("POST 1 KB, typed", "ours", 0.60),
    ("POST 1 KB, typed", "ours Json", 0.60),
    ("POST 1 KB, untyped", "ours", 0.60),
    ("GET, CORS", "ours", 0.60),
    ("GET, from_fn", "ours", 0.80),
    ("GET, stack of 5 layers", "ours", 0.80),
    ("GET, 5 nested layers", "ours", 0.80),
    ("404", "ours", 0.50),
]


def printed(path, pattern):
    """(request, server) to the numbers that a bench has printed of them, in its order."""
    rows = {}
    for line in Path(path).read_text().splitlines():
        found = re.fullmatch(pattern, line)
        if found:
            request, server, *numbers = (part.strip() for part in found.groups())
            rows[request, server] = [int(number) for number in numbers]
    return rows


def old_times(lines):
    """The times of a table that is there: the numbers of its last column but one."""
    cells = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    return {(row[0], row[1]): row[6] for row in cells if len(row) == 8 and row[6] != "–"}


def new_times(directory):
    """The middle estimates of criterion."""
    times = {}
    for file in Path(directory).glob("*/*/new/benchmark.json"):
        names = json.loads(file.read_text())
        estimates = json.loads((file.parent / "estimates.json").read_text())
        middle = estimates.get("slope") or estimates["mean"]
        times[names["group_id"], names["function_id"]] = f'{middle["point_estimate"]:,.0f}'
    return times


def ratio(value, whole):
    return "–" if whole is None else f"{value / whole:.2f}"


def number(text):
    return None if text is None else int(text.replace(",", ""))


def body_of(lines, header):
    """Where the rows of a table are: from the line after its rule to the first that is no row."""
    first = lines.index(header) + 2
    last = first
    while last < len(lines) and lines[last].startswith("|"):
        last += 1
    return slice(first, last)


def main(instructions, allocations, criterion=None):
    counted = printed(instructions, r"(.{24}) (.+?) +(-?\d+) instructions")
    allocated = printed(allocations, r"(.{24}) (.+?) +(\d+) allocations +(\d+) bytes")
    lines = DOCUMENT.read_text().splitlines()
    table = body_of(lines, COLUMNS)
    times = new_times(criterion) if criterion else old_times(lines[table])
    rows = []
    for (request, server), [count] in counted.items():
        of_axum = counted.get((request, "axum"), [None])[0]
        time, time_of_axum = (number(times.get((request, it))) for it in (server, "axum"))
        time = ("–", "–") if time is None else (f"{time:,}", ratio(time, time_of_axum))
        most = [f"{it:,}" for it in allocated[request, server]]
        rows.append([request, server, *most, f"{count:,}", ratio(count, of_axum), *time])
    lines[table] = [f'| {" | ".join(row)} |' for row in rows]

    goals = []
    for request, server, goal in SET_OUT:
        ours, axum = (counted[request, it][0] for it in (server, "axum"))
        less = ratio(*(allocated[request, it][0] for it in (server, "axum")))
        goals.append([request, server, f"{goal:.2f}", f"{ours:,}", ratio(ours, axum), less])
    lines[body_of(lines, GOALS)] = [f'| {" | ".join(row)} |' for row in goals]
    DOCUMENT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
