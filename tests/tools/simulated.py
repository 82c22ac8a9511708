"""What tests in Python share: a simulated cloud of their own, cbk against it, and outcomes in TAP.

The binaries are those of CBK_BIN, the default is build-dev/bin.
"""
import json
import os
import pathlib
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("CBK_BIN", ROOT / "build-dev/bin")).resolve()
KEY = ("LTAIsimulated", "simulated-secret")  # the credentials that a world should have


class Wrong(Exception):
    """A test has failed; the text says why."""


def complains(text):
    """Has a sanitizer, or cbk itself, found a bug?"""
    return any(word in text for word in ("ERROR: ", "runtime error: ", "Sanitizer", "this is a bug"))


class Cloud:
    """A simulator on folder/world.yaml, and cbk in `folder`. Use it with `with`: it ends there, and its complaints count."""

    def __init__(self, folder, *options, world="world.yaml", key=KEY):
        self.folder = folder
        self.options = options
        self.log = folder / "sim.log"
        self.log.write_bytes(b"")
        port = self.start(world, "0")
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("ALIBABA_CLOUD_", "CBK_"))}
        self.endpoint = f"http://127.0.0.1:{port}"
        self.env = {**clean, "CBK_ENDPOINT": self.endpoint, "CI": "1", "ALIBABA_CLOUD_ACCESS_KEY_ID": key[0],
                    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": key[1]}

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.stop()
        said = self.log.read_text()
        if kind is None and complains(said):
            raise Wrong(said)

    def start(self, world, port):
        """The simulator on this world; its port, once it answers."""
        file = self.folder / "port"
        file.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.sim = subprocess.Popen([BIN / "cbk-sim", "--listen", f"127.0.0.1:{port}", "--port-file", file, "--world",
                                         self.folder / world, "--save", self.folder / "saved.json", *self.options],
                                        stdout=log, stderr=log)
        while not (file.exists() and file.read_text()):
            if self.sim.poll() is not None:
                raise Wrong(self.log.read_text())
            time.sleep(0.01)
        return file.read_text().strip()

    def stop(self):
        """The simulator ends, and leaves its world in saved.json: from here on connections are refused."""
        self.sim.terminate()
        self.sim.wait()

    def resume(self):
        """It goes on from there, at the same port."""
        self.start("saved.json", self.endpoint.rsplit(":", 1)[1])

    def admin(self, method, page, body=None):
        """One of the simulator's own pages: cloud.admin("GET", "world")."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.endpoint}/_sim/{page}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def acs(self, words):
        """A signed call behind cbk's back."""
        done = subprocess.run([ROOT / "tests/tools/acs", *words], env=self.env, capture_output=True, text=True)
        if done.returncode:
            raise Wrong(f"acs {' '.join(words)}: {done.stderr}")

    def say(self, *words):
        """cbk's exit code and what it says, both streams in one."""
        done = subprocess.run([BIN / "cbk", *words], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.returncode, done.stdout

    def begin(self, log, *words):
        """cbk on its way, a process; what it says goes to the file `log`."""
        with open(self.folder / log, "wb") as out:
            return subprocess.Popen([BIN / "cbk", *words], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                                    stdout=out, stderr=out)

    def cbk(self, code, *words):
        """cbk's stdout; it must end with this exit code."""
        done = subprocess.run([BIN / "cbk", *words], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        if done.returncode != code:
            raise Wrong(f"exit code {done.returncode} instead of {code} of: cbk {' '.join(words)}\n"
                        f"{done.stdout}{done.stderr}")
        return done.stdout


def run_tests(tests):
    """Runs (name, function, arguments)..., four a core, and prints TAP. A test fails by raising Wrong. An exit code."""
    print(f"1..{len(tests)}")
    failed = 0
    with ThreadPoolExecutor(4 * os.cpu_count()) as pool:  # they wait more than they compute
        outcomes = [(name, pool.submit(function, *words)) for name, function, words in tests]
        for number, (name, outcome) in enumerate(outcomes, 1):
            why = outcome.exception()
            if why and not isinstance(why, Wrong):
                raise why
            failed += why is not None
            print(f"{'not ok' if why else 'ok'} {number} {name}", flush=True)
            if why:
                print("\n".join("# " + line for line in str(why).splitlines()), flush=True)
    return 1 if failed else 0
