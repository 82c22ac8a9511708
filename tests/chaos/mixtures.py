"""Disturbances drawn by a seed: several at once, several runs in a row, with four workers; then one run without any.

The draw rests on the seed alone (and on the example's calls), so that a seed brings the same faults again; what they meet
is up to the threads.
"""
import random
import signal
import subprocess
import time

from simulated import Wrong, complains
from stage import PATIENCE

WORKERS = ["--parallelism", "4"]
MOST_RUNS = 3  # disturbed ones of a command
# fault: what it may strike (True: changes, False: reads, None: both), how often at most, how long.
FAULTS = {
    "drop_before": (None, 3, 0), "drop_after": (None, 3, 0), "hang_before": (None, 1, 400), "hang_after": (None, 1, 400),
    "http_500": (None, 4, 0), "http_500_after": (None, 3, 0), "http_503": (None, 4, 0), "throttle": (None, 30, 0),
    "malformed": (None, 3, 0), "truncated": (None, 3, 0), "slow": (None, 3, 300),
    "page_empty": (False, 2, 0), "page_again": (False, 2, 0),
}
SERVICES = ("ecs", "hbr", "ram")
# What happens to the run itself, by the number of requests that have come: nothing, mostly.
BLOWS = ("none", "none", "kill", "kill", "interrupt", "interrupt twice", "outage")


def draw_fault(chance, calls, reads):
    name = chance.choice(list(FAULTS))
    strikes, times, ms = FAULTS[name]
    match = {}
    if strikes is not None or chance.random() < 0.5:
        match["mutating"] = chance.random() < 0.6 if strikes is None else strikes
    if chance.random() < 0.5:
        changes = match.get("mutating", chance.random() < 0.5)
        match["action"] = chance.choice([action for action, _ in calls] if changes else reads)
    elif chance.random() < 0.5:
        match["service"] = chance.choice(SERVICES)
    match["nth"] = chance.randint(1, 4 if "action" in match else 20)
    return {"fault": name, "match": match, "times": chance.randint(1, times), "ms": ms}


def draw_run(chance, calls, reads):
    return {"faults": [draw_fault(chance, calls, reads) for _ in range(chance.randint(0, 5))],
            "blow": chance.choice(BLOWS), "after": chance.randint(1, 3 * len(calls) + 10), "for": chance.choice([0.2, 1, 3])}


def draw(seed, undisturbed_of, examples):
    """An example, and the disturbed runs of each command."""
    chance = random.Random(seed)
    undisturbed = undisturbed_of(chance.choice(examples))
    story = {command: [draw_run(chance, calls, undisturbed.reads[command]) for _ in range(chance.randint(1, MOST_RUNS))]
             for command, calls in undisturbed.calls.items()}
    options = chance.choice([[], [], ["--eventual", "2s"], ["--latency", "30ms"], ["--qps", "15"]])
    return undisturbed, story, options


def await_requests(stage, process, count):
    """Waits until so many have come, or the run has ended."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and len(stage.requests()) < count and time.monotonic() < end:
        time.sleep(0.01)


def strike(stage, process, run, before):
    """Deals the run's blow; the exit codes that it may end with."""
    if run["blow"] == "none":
        return (0, 1, 3)
    await_requests(stage, process, before + run["after"])
    if run["blow"] == "kill":
        process.kill()
        return (0, 1, 3, -signal.SIGKILL)
    if run["blow"].startswith("interrupt"):
        process.send_signal(signal.SIGINT)
        if run["blow"] == "interrupt twice":
            time.sleep(run["for"] / 10)
            process.send_signal(signal.SIGINT)
        return (0, 1, 3, 130)
    stage.stop()
    time.sleep(run["for"])
    stage.resume()
    return (0, 1, 3)


def disturb(stage, command, run):
    before = len(stage.requests())
    for fault in run["faults"]:
        stage.fault(fault["fault"], fault["match"], times=fault["times"], ms=fault["ms"])
    process = stage.begin("disturbed.log", *stage.words(command, "--auto-approve", *WORKERS))
    try:
        allowed = strike(stage, process, run, before)
        code = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        raise Wrong(f"{command} does not end") from None
    finally:
        process.kill()
        process.wait()
    stage.no_faults()
    text = (stage.folder / "disturbed.log").read_text()
    silent = code in (1, 3) and "error: " not in text
    if code not in allowed or silent or complains(text):
        raise Wrong(f"exit code {code} of a disturbed {command}\n{text}")


def live(seed, undisturbed_of, examples):
    undisturbed, story, options = draw(seed, undisturbed_of, examples)
    try:
        with undisturbed.stage("apply", *options) as stage:
            for command, runs in story.items():
                for run in runs:
                    disturb(stage, command, run)
                stage.settle(command, undisturbed.worlds[command])
    except Wrong as wrong:
        told = "\n".join(f"{command}: {run}" for command, runs in story.items() for run in runs)
        raise Wrong(f"{wrong}\n{undisturbed.example.name} {' '.join(options)}\n{told}") from None


def cells(undisturbeds, examples, seeds):
    for seed in seeds:
        yield "all examples", "seeds", f"seed {seed}", live, (seed, undisturbeds.of, examples)
