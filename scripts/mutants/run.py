#!/usr/bin/env python3
"""Mutation testing of the pure parts, with one build for all mutants.

cargo-mutants (`cargo install cargo-mutants`) lists the mutants: one expression changed in each. Instead of a build for each
of them, which takes minutes where the machine is busy, all are compiled into one program, each function a `match` over
its own mutants, and the environment variable MUTANT chooses one. Mutants that do not compile are found by the lines of
the compiler's errors and left out, until the rest compiles.

    scripts/mutants/run.py                  # all, by the unit tests of the pure parts alone
    scripts/mutants/run.py 'src/de*'        # those of these files
    scripts/mutants/run.py --whole LIST     # those that LIST names (a line each), by these tests of the whole crate: --test

Not mutated are constant functions, in which no variable can be asked: cargo-mutants does those by itself.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PURE = """
src/byte_size.rs src/headers.rs src/etag.rs src/url.rs src/router/slashed.rs src/body/content_type.rs
src/body/charset.rs src/query.rs src/multi_map* src/multi_map/* src/cookies* src/cookies/* src/cors/* src/de* src/de/*
src/routing/* src/preview/*
""".split()
# The derivation of keys takes most of the time of all tests.
SLOW = "preview"
ASK = """
#[doc(hidden)]
pub(crate) fn mutant() -> u32 {
    static CHOSEN: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *CHOSEN.get_or_init(|| std::env::var("MUTANT").map_or(0, |it| it.parse().unwrap()))
}
"""
ALLOW = "#![allow(warnings, arithmetic_overflow, unconditional_panic)]\n"


def copy(work, whole):
    """The files that are committed or about to be, and, unless the whole crate is wanted, only the pure parts."""
    wanted = ["."] if whole else ["src", "tests/vectors", "README.md", "Cargo.lock"]
    files = subprocess.run(["git", "ls-files", "-z", "--", *wanted], cwd=ROOT, check=True, capture_output=True)
    for name in filter(None, files.stdout.decode().split("\0")):
        target = work / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copyfile(ROOT / name, target)
    if not whole:
        shutil.copyfile(HERE / "lib.rs", work / "src/lib.rs")
        shutil.copyfile(HERE / "Cargo.toml", work / "Cargo.toml")


def list_mutants(work, patterns):
    files = [part for pattern in patterns for part in ("--file", pattern)]
    found = subprocess.run(
        ["cargo", "mutants", "--list", "--json", "--package", "tower-api-routes", *files],
        cwd=work, check=True, capture_output=True,
    )
    return [mutant for mutant in json.loads(found.stdout) if mutant["function"]]


class Text:
    """The text of a file, with the places that cargo-mutants names by line and column."""

    def __init__(self, text):
        self.text = text
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def at(self, place):
        return self.starts[place["line"] - 1] + place["column"] - 1

    def span(self, span):
        return self.at(span["start"]), self.at(span["end"])


TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|b?r(?P<hashes>\#*)".*?"(?P=hashes)|b?"(?:\\.|[^"\\])*"|b?'(?:\\[^']+|\\'|[^'\\])'|[{}]""",
    re.DOTALL,
)


def body(text, start, end):
    """Where the body of the function stands: behind its opening brace, and at its closing one."""
    opened = []
    for token in TOKEN.finditer(text, start, end):
        if token.group() == "{":
            opened.append(token.start())
        elif token.group() == "}":
            opening = opened.pop()
            if token.end() == end:
                return opening + 1, token.start()
    return None


def is_constant(text, start, opening):
    return re.search(r"\bconst (unsafe )?fn\b", text[start:opening]) is not None


def functions(text, mutants):
    """The mutants by the outermost function that they are in."""
    spans = sorted({text.span(mutant["function"]["span"]) for mutant in mutants}, key=lambda it: (it[0], -it[1]))
    outer = []
    for span in spans:
        if not outer or span[1] > outer[-1][1]:
            outer.append(span)
    groups = collections.defaultdict(list)
    for mutant in mutants:
        start, _ = text.span(mutant["function"]["span"])
        groups[next(span for span in outer if span[0] <= start < span[1])].append(mutant)
    return groups


def write(path, original, mutants, dropped, dead_functions):
    """Writes the file with its mutants; gives the mutant of each line, and the function of each line."""
    text = Text(original)
    out, line, owners = [], 1, {}
    done = 0

    def put(piece, owner=None):
        nonlocal line
        out.append(piece)
        count = piece.count("\n")
        if owner is not None:
            for number in range(line, line + count + 1):
                owners.setdefault(number, owner)
        line += count

    for (start, end), group in sorted(functions(text, mutants).items()):
        place = body(original, start, end)
        key = (str(path), start)
        if place is None or key in dead_functions or is_constant(original, start, place[0]):
            for mutant in group:
                mutant.setdefault("outcome", "left")
            continue
        opening, closing = place
        put(original[done:opening])
        put("\nmatch crate::mutant() {\n")
        for mutant in group:
            if mutant["id"] in dropped:
                continue
            first, last = text.span(mutant["span"])
            changed = original[opening:first] + mutant["replacement"] + original[last:closing]
            put(f"\n{mutant['id']}u32 => {{\n")
            put(changed + "\n", ("mutant", mutant["id"]))
            put("}\n")
        put("\n_ => {\n")
        put(original[opening:closing] + "\n", ("function", key))
        put("}}\n")
        done = closing
    put(original[done:])
    path.write_text("".join(out))
    return owners


def build(work, flags, mutants):
    """Builds all mutants that compile; gives the test programs, and marks those that do not compile."""
    by_file = collections.defaultdict(list)
    for mutant in mutants:
        by_file[mutant["file"]].append(mutant)
    originals = {name: (work / name).read_text() for name in by_file}
    lib = work / "src/lib.rs"
    if "fn mutant()" not in lib.read_text():
        text = lib.read_text()
        docs = max((match.end() for match in re.finditer(r"^(//!.*|#!\[[^\n]*\])\n", text, re.MULTILINE)), default=0)
        lib.write_text(ALLOW + text[:docs] + text[docs:] + ASK)
    dropped, dead = set(), set()
    for attempt in range(40):
        owners = {}
        for name, group in by_file.items():
            owners[name] = write(work / name, originals[name], group, dropped, dead)
        run = subprocess.run(
            ["cargo", "test", "--no-run", "--message-format=json", *flags], cwd=work, capture_output=True, text=True,
        )
        programs, wrong, others = [], set(), []
        for record in map(json.loads, filter(None, run.stdout.splitlines())):
            if record["reason"] == "compiler-artifact" and record.get("executable"):
                programs.append(record["executable"])
            message = record.get("message")
            if record["reason"] != "compiler-message" or message["level"] != "error":
                continue
            spans = [span for span in message["spans"] if span["is_primary"]] or message["spans"]
            found = [owners.get(span["file_name"], {}).get(span["line_start"]) for span in spans]
            wrong.update(filter(None, found))
            if spans and not any(found):
                others.append(message["rendered"])
        if run.returncode == 0:
            print(f"built in {attempt + 1} attempts, {len(dropped)} do not compile", flush=True)
            return programs
        if not wrong:
            sys.exit(run.stderr[-4000:] + "".join(others[:5]))
        print(f"attempt {attempt + 1}: {len(wrong)} do not compile", flush=True)
        mutants_only = {it for kind, it in wrong if kind == "mutant"}
        dropped |= mutants_only
        # The error of a function as it was comes from what its mutants are beside it.
        if not mutants_only:
            dead |= {it for kind, it in wrong if kind == "function"}
        for mutant in mutants:
            if mutant["id"] in mutants_only:
                mutant["outcome"] = "unviable"
    sys.exit("too many attempts")


def nearest_first(file, whole):
    """Which tests to run, one after the other until one fails: those of the file, of its room, and all."""
    module = pathlib.PurePath(file).with_suffix("").parts[1:]
    module = module[:-1] if module[-1] == "mod" else module
    everything = [] if whole or SLOW in file else ["--skip", SLOW]
    return [["::".join(module) + "::"], [module[0] + "::"], everything]


def run_tests(programs, mutant, stages, cpu_seconds):
    """Whether a test failed: caught, missed or timeout. Time is that of the processor, so that a busy machine changes nothing."""
    for stage in stages:
        outcome = run_stage(programs, mutant, stage, cpu_seconds)
        if outcome != "missed":
            return outcome
    return "missed"


def run_stage(programs, mutant, arguments, cpu_seconds):
    environment = dict(os.environ, MUTANT=str(mutant), PROPTEST_MAX_SHRINK_ITERS="0", RUST_BACKTRACE="0")
    for program in programs:
        try:
            done = subprocess.run(
                ["prlimit", f"--cpu={cpu_seconds}", program, "-q", *arguments], env=environment, timeout=600,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            return "timeout"
        if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            return "timeout"
        if done.returncode != 0:
            return "caught"
    return "missed"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("patterns", nargs="*")
    parser.add_argument("--whole", metavar="LIST")
    parser.add_argument("--test", action="append", default=[])
    parser.add_argument("--work", type=pathlib.Path)
    options = parser.parse_args()
    work = options.work or pathlib.Path(tempfile.mkdtemp())
    copy(work, options.whole)
    mutants = list_mutants(work, options.patterns or PURE)
    for number, mutant in enumerate(mutants, 1):
        mutant["id"] = number
    flags = ["--lib"]
    if options.whole:
        names = set(pathlib.Path(options.whole).read_text().splitlines())
        mutants = [mutant for mutant in mutants if mutant["name"] in names]
        flags = ["-p", "tower-api-routes", "--all-features", "--lib"]
        flags += [part for test in options.test for part in ("--test", test)]
    print(f"{len(mutants)} mutants", flush=True)
    programs = build(work, flags, mutants)

    # The tests read files of the package.
    os.chdir(work)
    for skip in (["--skip", SLOW], []):
        started = time.monotonic()
        outcome = run_stage(programs, 0, skip, 600)
        if outcome != "missed":
            sys.exit("the tests fail without a mutant")
        print(f"without a mutant: {time.monotonic() - started:.1f} s", flush=True)
    waiting = [mutant for mutant in mutants if "outcome" not in mutant]
    for count, mutant in enumerate(waiting, 1):
        stages = nearest_first(mutant["file"], options.whole)
        limit = 120 if options.whole or SLOW in mutant["file"] else 5
        mutant["outcome"] = run_tests(programs, mutant["id"], stages, limit)
        if mutant["outcome"] == "missed":
            print(f"{count}/{len(waiting)} missed {mutant['name']}", flush=True)
    for outcome in ["caught", "missed", "timeout", "unviable", "left"]:
        names = [mutant["name"] for mutant in mutants if mutant["outcome"] == outcome]
        (work / f"{outcome}.txt").write_text("".join(f"{name}\n" for name in names))
    print("\nfile: caught (timeouts among them), missed, not compiled, left")
    for file in sorted({mutant["file"] for mutant in mutants}):
        counts = collections.Counter(mutant["outcome"] for mutant in mutants if mutant["file"] == file)
        caught = counts["caught"] + counts["timeout"]
        print(f"{file}: {caught} ({counts['timeout']}), {counts['missed']}, {counts['unviable']}, {counts['left']}")


if __name__ == "__main__":
    main()
