"""Where chaos plays: an example of its own copy, a simulated cloud, and what an undisturbed run makes of both."""
import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from simulated import ROOT, Cloud, Wrong, complains
from worlds import differences, likeness

HOUR_MS = 3600 * 1000
PATIENCE = 300  # seconds: what takes longer hangs
KEEP = ROOT / "build-logs/chaos"  # the folders of stages that went wrong
# Beside an example's own name: the words that plan and apply get, where there are several ways to use it.
WORDS = {
    "staging-production": {
        "staging": ["--var-file", "examples/staging-production/staging.vars.yaml"],
        "production": ["--var-file", "examples/staging-production/production.vars.yaml"],
    },
}
PROTECTED = {"oracle"}  # lifecycle.prevent_destroy: they refuse to be destroyed


class Example:
    def __init__(self, folder, variant="", words=()):
        self.folder = folder
        self.name = f"{folder.name} {variant}".rstrip()
        self.words = list(words)
        self.stays = folder.name in PROTECTED  # it refuses to be destroyed

    def key(self):
        world = (self.folder / "world.yaml").read_text()
        return tuple(re.search(rf"access_key_{part}: ([\w-]+)", world).group(1) for part in ("id", "secret"))


def all_examples(folder):
    """Those of a copy of them in the folder: who works in the tree meanwhile does not change a run that is under way."""
    examples = Path(folder) / "examples"
    shutil.copytree(ROOT / "examples", examples, ignore=shutil.ignore_patterns("state"))
    for file in sorted(examples.glob("*/cbk.yaml")):
        for variant, words in WORDS.get(file.parent.name, {"": ()}).items():
            yield Example(file.parent, variant, words)


class Stage(Cloud):
    """An example in a folder of its own. With `grown`, a folder that a stage has left: it goes on from there."""

    def __init__(self, example, *options, grown=None):
        self.example = example
        self.dir = tempfile.TemporaryDirectory(prefix="cbk-chaos-")
        folder = Path(self.dir.name)
        if grown:
            shutil.copytree(grown, folder, dirs_exist_ok=True)
        else:
            for part in (example.folder, example.folder.parent / "scripts"):
                shutil.copytree(part, folder / "examples" / part.name, ignore=shutil.ignore_patterns("state"))
            shutil.copy(example.folder / "world.yaml", folder)
            subprocess.run(["git", "init", "-q", folder], check=True)
        self.stack = f"examples/{example.folder.name}"
        super().__init__(folder, *options, world="saved.json" if grown else "world.yaml", key=example.key())

    def __exit__(self, kind, why, trace):
        try:
            super().__exit__(kind, why, trace)
        finally:
            if kind is Wrong:
                kept = KEEP / self.folder.name
                shutil.copytree(self.folder, kept)
                why.args = (f"{why}\nkept: {kept}",)
            self.dir.cleanup()

    def words(self, *words):
        return ["-C", self.stack, *words, *self.example.words]

    # --- faults ---

    def fault(self, name, match, **more):
        self.admin("POST", "faults", {"fault": name, "match": match, **more})

    def no_faults(self):
        self.admin("DELETE", "faults")

    def requests(self, since=0):
        return self.admin("GET", f"requests?since={since}")

    # --- cbk ---

    def expect(self, code, *words):
        """cbk ends with this exit code, and nothing has complained."""
        got, text = self.say(*self.words(*words))
        if got != code or complains(text):
            raise Wrong(f"exit code {got} instead of {code} of: cbk {' '.join(words)}\n{text}")
        return text

    def ends_well(self, *words):
        """Done, or a clear error; never a crash. The exit code and the output."""
        code, text = self.say(*self.words(*words))
        return self.judge_end(code, text, words), text

    def judge_end(self, code, text, words):
        clear = code == 0 or (code in (1, 3) and "error: " in text)
        if not clear or complains(text):
            raise Wrong(f"exit code {code} of: cbk {' '.join(words)}\n{text}")
        return code

    def state(self):
        """What the state must be after any story, without ids. What was found alive and taken over has what git does not
        mention, too: it is empty. A job that had ended when its apply was killed is taken over by its point, and only the
        run knew the rest of its evidence."""
        files = list((self.folder / self.stack / "state").glob("*.json"))
        known = {}
        for address, resource in (json.loads(files[0].read_text())["resources"] if files else {}).items():
            chance = {"id", "evidence"} | ({"adopted"} if resource["kind"] == "snapshot_job" else set())
            known[address] = {**{k: v for k, v in resource.items() if k not in chance},
                              "attributes": {k: v for k, v in resource["attributes"].items() if v != ""},
                              "trigger": resource.get("evidence", {}).get("trigger")}
        return known

    def open_journals(self):
        """Those that go on from the state; one that stayed when the state had been written is passed over by all."""
        states = self.folder / self.stack / "state"
        heads = {f: json.loads(f.read_text().partition("\n")[0] or "{}").get("serial", 0) for f in states.glob("*.journal")}
        return [f.name for f, serial in heads.items() if serial >= json.loads(f.with_suffix(".json").read_text())["serial"]]

    def likeness(self):
        self.admin("POST", "clock", {"advance": "10s"})  # what has been deleted is seen for a while
        return {**likeness(self.admin("GET", "world")), "state": [list(item) for item in sorted(self.state().items())]}

    def settle(self, command, wanted):
        """One more of the same command: it succeeds, the world and the state are as undisturbed, nothing is left to do."""
        self.expect(0, command, "--auto-approve")
        moved = differences(wanted, self.likeness())
        if moved:
            raise Wrong(f"another world than undisturbed:\n{moved}")
        if self.open_journals():
            raise Wrong(f"left behind: {self.open_journals()}")
        self.expect(0, "plan", "--detailed-exitcode", *(["--destroy"] if command == "destroy" else []))


class Calls:
    """The calls that changed something, told apart by action and count: (action, 1), (action, 2)..."""

    def __init__(self, requests):
        self.all = []
        count = Counter()
        for request in requests:
            if request["mutating"]:
                count[request["action"]] += 1
                self.all.append((request["action"], count[request["action"]]))
        self.all.sort()


class Undisturbed:
    """What one run makes of an example: its calls and its world, of apply and of destroy; the folders to go on from."""

    def __init__(self, example):
        self.example = example
        self.calls, self.worlds, self.reads = {}, {}, {}
        self.grown = tempfile.TemporaryDirectory(prefix="cbk-grown-")
        with Stage(example) as stage:
            self.take(stage, "apply")
            stage.stop()
            shutil.copytree(stage.folder, self.grown.name, dirs_exist_ok=True)
            stage.resume()
            if not example.stays:
                self.take(stage, "destroy")

    def take(self, stage, command):
        before = len(stage.requests())
        stage.expect(0, command, "--auto-approve")
        requests = stage.requests(before)
        self.calls[command] = Calls(requests).all
        self.reads[command] = sorted({r["action"] for r in requests if not r["mutating"]})
        self.worlds[command] = stage.likeness()
        stage.expect(0, "plan", "--detailed-exitcode", *(["--destroy"] if command == "destroy" else []))

    def stage(self, command, *options):
        """A stage on which the command can be played."""
        return Stage(self.example, *options, grown=self.grown.name if command == "destroy" else None)


class Undisturbeds:
    """One for each example, made when it is asked for first."""

    def __init__(self):
        self.made = {}
        self.lock = threading.Lock()
        self.locks = {}

    def of(self, example):
        with self.lock:
            lock = self.locks.setdefault(example.name, threading.Lock())
        with lock:
            if example.name not in self.made:
                self.made[example.name] = Undisturbed(example)
            return self.made[example.name]

    def of_all(self, examples):
        """Those of all examples, made at once: they wait more than they compute."""
        with ThreadPoolExecutor() as pool:
            return list(pool.map(self.of, examples))


def has_come(requests, action, count, worked):
    """Has the count-th call of the action arrived; has it worked, too?"""
    calls = [r for r in requests if r["mutating"] and r["action"] == action]
    return len(calls) >= count and (not worked or calls[count - 1]["worked"])


def await_call(stage, process, call, worked, since=0):
    """Waits until the call has come, and has worked where that is asked for."""
    end = time.monotonic() + PATIENCE
    while not has_come(stage.requests(since), *call, worked):
        if process.poll() is not None:
            raise Wrong(f"it ended before it called {call[0]} {call[1]}:\n{(stage.folder / 'disturbed.log').read_text()}")
        if time.monotonic() > end:
            raise Wrong(f"{call[0]} {call[1]} does not come")
        time.sleep(0.01)
