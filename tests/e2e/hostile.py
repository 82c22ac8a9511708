#!/usr/bin/env python3
"""Stacks as a stranger's pull request might have them: hostile.py GROUP makes each case of a group in the current
directory, runs cbk over it, and says which did not end in one clear error within its bounds."""
import os
import subprocess
import sys
import time

BASE = "cbk: 1\nstack: hostile\nprovider: {region: cn-hangzhou}\n"
SECRET = "Sec-ret-of-the-runner"
MOST_MIB = 1024  # with AddressSanitizer; without it half of that
MOST_SECONDS = 60  # an end to what hangs, not a measure
MOST_OUTPUT = 64 * 1024

POLICY = BASE + "policies: {a: {document_file: %s}}\n"
SCRIPT = (BASE + "instances: {i: {ids: [i-1]}}\n"
          "scripts: {s: {instances: i, pre_freeze: {source: %s}, post_thaw: {source: %s}}}\n")
ROLE = BASE + "roles: {%s: {max_session_duration: %s, trust: {service: [ecs.aliyuncs.com]}}}\n"
OUTSIDE = "lies outside of the stack's directory"


def link(target):
    return lambda path: os.symlink(target, path)


def big(lines):
    return lambda path: open(path, "w").write("#!/bin/sh\n" + "# xxxxxxxxxxxxx\n" * lines)


def stack(text):
    return {"cbk.yaml": text}


def nested(open_, close, depth):
    return BASE + "instances: " + open_ * depth + close * depth + "\n"


def bomb():
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]\n"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10)]
    return BASE + "".join(rows)


def many(count, row):
    return "".join(row.format(i=i) for i in range(count))


# name: (files, what has to be said, the commands); files are texts, bytes or functions that make them
ALL, LOADING = ("validate", "plan", "fmt"), ("validate", "plan")
GROUPS = {
    "outside": {
        "main-link": ({"cbk.yaml": link("/etc/passwd")}, OUTSIDE, LOADING),
        "main-link-fmt": ({"cbk.yaml": link("/etc/passwd")}, "", ("fmt",)),
        "include-parent": (stack(BASE + "include: [../*/cbk.yaml]\n"), "leaves the stack's directory", ALL),
        "include-absolute": (stack(BASE + "include: [/etc/*.yaml]\n"), "'/etc/*.yaml' is an absolute path", ALL),
        "include-directory-link": ({**stack(BASE + "include: [l/*]\n"), "l": link("/etc")}, OUTSIDE, ALL),
        "include-file-link": ({**stack(BASE + "include: [p]\n"), "p": link("/etc/passwd")}, OUTSIDE, ALL),
        "include-git": ({**stack(BASE + "include: [.git/config]\n"), ".git/config": f"x: {SECRET}\n"},
                        "lies in git's own directory", ALL),
        "include-git-link": ({**stack(BASE + "include: [c]\n"), ".git/config": f"- {SECRET}\n", "c": link(".git/config")},
                             "lies in git's own directory", ALL),
        "document-absolute": (stack(POLICY % "/etc/passwd"), "'/etc/passwd' is an absolute path", LOADING),
        "document-parent": (stack(POLICY % "../../../../../../etc/passwd"), OUTSIDE, LOADING),
        "document-link": ({**stack(POLICY % "p"), "p": link("/etc/passwd")}, OUTSIDE, LOADING),
        "document-environment": ({**stack(POLICY % "e"), "e": link("/proc/self/environ")}, OUTSIDE, LOADING),
        "document-git": ({**stack(POLICY % ".git/config"), ".git/config": SECRET}, "lies in git's own directory", LOADING),
        "script-link": ({**stack(SCRIPT % ("p", "p")), "p": link("/etc/passwd")}, OUTSIDE, LOADING),
        "script-git": ({**stack(SCRIPT % (".GIT/x", ".GIT/x")), ".GIT/x": SECRET}, "lies in git's own directory", LOADING),
    },
    "no-files": {
        "main-pipe": ({"cbk.yaml": os.mkfifo}, "not a regular file", ALL),
        "main-device": ({"cbk.yaml": link("/dev/zero")}, "", ALL),
        "main-directory": ({"cbk.yaml/x": ""}, "not a regular file", ALL),
        "main-loop": ({"cbk.yaml": link("cbk.yaml")}, "Too many levels of symbolic links", LOADING),
        "include-pipe": ({**stack(BASE + "include: [f]\n"), "f": os.mkfifo}, "not a regular file", ALL),
        "include-device": ({**stack(BASE + "include: [d]\n"), "d": link("/dev/zero")}, OUTSIDE, ALL),
        "include-directory": ({**stack(BASE + "include: [d]\n"), "d/x": ""}, "not a regular file", ALL),
        "document-pipe": ({**stack(POLICY % "f"), "f": os.mkfifo}, "not a regular file", LOADING),
        "script-pipe": ({**stack(SCRIPT % ("f", "f")), "f": os.mkfifo}, "not a regular file", LOADING),
    },
    "too-much": {
        "file": ({"cbk.yaml": big(7_000_000)}, "is larger than 16777216 bytes", ALL),
        "script": ({**stack(SCRIPT % ("s", "s")), "s": big(7_000_000)}, "is larger than 24576 bytes", LOADING),
        "aliases": (stack(bomb()), "aliases expand to more than 100000 values", ALL),
        "keys": (stack(BASE + "instances:\n" + many(1_000_000, "  k{i}: {{}}\n")), "more than 1000000 values", ("validate",)),
        "depth-brackets": (stack(nested("[", "]", 100_000)), "nested deeper than 100 levels", ALL),
        "depth-braces": (stack(nested("{a: ", "}", 100_000)), "nested deeper than 100 levels", ALL),
        "depth-indentation": (stack(BASE + "".join(" " * i + "a:\n" for i in range(5_000))), "nested deeper", ALL),
        "key": (stack(BASE + "x" * 10_000_000 + ": 1\n"), "expected ':' after the key", ALL),
        "value": (stack(BASE + "sstack: " + "x" * 10_000_000 + "\n"), "unknown key 'sstack'", LOADING),
        "number": (stack(ROLE % ("a", "9" * 1_000_000)), "out of range", ALL),
        "variables": (stack(BASE + "variables:\n" + many(100_000, "  v{i}: {{default: x}}\n")
                            + "roles: {a: {name: \"" + many(100_000, "${{var.v{i}}}") + "\", trust: {service: [x]}}}\n"), "'name' is not valid", LOADING),
        "variable": (stack(BASE + "variables: {a: {default: " + "y" * 1_000_000 + "}}\ninstances: {a: {names: [\""
                           + "${var.a}" * 100_000 + "\"]}}\n"), "make the stack larger than", LOADING),
        "errors": (stack(BASE + many(100_000, "k{i}: 1\n")), "and 99900 more errors", LOADING),
    },
    "odd": {
        "controls": (stack(BASE + 'roles: {"a\\e[31m\\u202e\\n": {trust: {service: [x]}}}\n'), r"'a\x1b[31m\u202e\n'", LOADING),
        "bidirectional": (stack(BASE + "instances: {\u202eba: {names: [x]}}\n"), r"'\u202eba'", LOADING),
        "nul": (stack(BASE + "roles: {a: \"x\0y\"}\n"), "control character 0x00", ALL),
        "utf8": ({"cbk.yaml": BASE.encode() + b"roles: \xc3\x28\n"}, "not valid UTF-8: byte 0xc3", ALL),
        "proto": (stack(BASE + "roles: {__proto__: 1}\n"), "'__proto__' has to be a mapping", LOADING),
        "huge-number": (stack(ROLE % ("a", "1e308")), "has to be at most 43200", LOADING),
        "long-name": (stack(ROLE % ("x" * 500, 3600)), "is not valid", LOADING),
        "variables-in-a-ring": (stack(BASE + "variables: {a: {default: \"${var.b}\"}, b: {default: x}}\n"),
                                "the default of variable 'a' refers to a variable", LOADING),
        "references-in-a-ring": (stack(BASE + "policies:\n"
                                       "  a: {document_file: d, depends_on: [policies.b]}\n"
                                       "  b: {document_file: d, depends_on: [policies.a]}\n"),
                                 "these need each other in a circle", LOADING),
    },
    "settings": {
        "stack-with-slashes": (stack(BASE.replace("hostile", "../../etc/x")), "'stack' is not valid", LOADING),
        "etcd-prefix": (stack(BASE + 'state: {backend: etcd, etcd: {endpoints: ["https://x"], prefix: "a\\nb"}}\n'),
                        "'prefix' is not valid", LOADING),
        "etcd-plain": (stack(BASE + 'state: {backend: etcd, etcd: {endpoints: ["http://192.0.2.1:2379"]}}\n'),
                       "plain http", ("plan",)),
        "etcd-secret": (stack(BASE + 'state: {backend: etcd, etcd: {endpoints: ["https://192.0.2.1"], '
                              'password_env: ALIBABA_CLOUD_ACCESS_KEY_SECRET}}\n'), "'password_env' is not valid", LOADING),
        "key-from-elsewhere": (stack(BASE + "state: {encryption: {key_file: /etc/passwd}}\n"), "", ("plan",)),
        "credentials-as-state": ({**stack(BASE.replace("hostile", "config") + "state: {path: ../home/.aliyun}\n"),
                                  "../home/.aliyun/config.json": f'{{"profiles": [{{"access_key_secret": "{SECRET}"}}]}}'},
                                 "", ("plan",)),
    },
}


def make(case, files):
    for name, content in files.items():
        path = os.path.join(case, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if callable(content):
            content(path)
        else:
            with open(path, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode())


def run(case, command):
    """Answers the exit code, what was said and the most memory in MiB."""
    with open("output", "wb") as output:
        child = subprocess.Popen(["cbk", "-C", case, command], stdout=output, stderr=subprocess.STDOUT)
    end = time.monotonic() + MOST_SECONDS
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            break
        if time.monotonic() > end:
            child.kill()
        time.sleep(0.005)
    with open("output", errors="replace") as output:
        return os.waitstatus_to_exitcode(status), output.read(), usage.ru_maxrss // 1024


def complaints(code, said, mib, wanted):
    if code != 1:
        yield f"exit code {code}"
    if said.count("error: ") != 1 and " more errors" not in said:
        yield f"{said.count('error: ')} errors"
    if wanted not in said:
        yield f"no '{wanted}'"
    if SECRET in said or "root:" in said:
        yield "it shows what is none of the stack's business"
    if any(c in said for c in "\x1b\u202e\0") or "Sanitizer" in said:
        yield "it shows controls, or has crashed"
    if len(said) > MOST_OUTPUT:
        yield f"{len(said)} characters"
    if mib > MOST_MIB:
        yield f"{mib} MiB"


def main(group):
    failed = 0
    for case, (files, wanted, commands) in GROUPS[group].items():
        make(case, files)
        for command in commands:
            code, said, mib = run(case, command)
            wrong = ", ".join(complaints(code, said, mib, wanted))
            failed += bool(wrong)
            print(f"{'not ok' if wrong else 'ok'} {case} {command} {mib} MiB", wrong, said[:1500] if wrong else "")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
