"""Calls that go wrong: answers that are lost or lie, a cloud that throttles, cannot be reached, or learns late."""
import time

from simulated import Wrong
from stage import HOUR_MS, await_call

# What becomes of one call that changes something: it has its effect, and the caller is left in doubt. (Where it has
# none, sweep_*.bats tell more.)
STRIKES = ("drop_after", "http_500_after", "truncated", "malformed")
ANSWERS = ("http_500", "drop_after", "truncated", "malformed")  # what becomes of reads
STORM = 30  # calls in a row
OUTAGE_S = 30
BLINK_S = 2
LAG = "10s"


def end(stage, undisturbed, command):
    """The command ends well under the faults that are set, and the next one settles. True: it was done at once."""
    code, _ = stage.ends_well(command, "--auto-approve")
    stage.no_faults()
    stage.settle(command, undisturbed.worlds[command])
    return code == 0


def strike(undisturbed, command, call, fault):
    """One call that changes something."""
    with undisturbed.stage(command) as stage:
        stage.fault(fault, {"action": call[0], "mutating": True, "nth": call[1]})
        return end(stage, undisturbed, command)


def storm(undisturbed, command, match):
    """So many calls in a row are throttled; one that comes again and again may run out of time."""
    with undisturbed.stage(command) as stage:
        stage.fault("throttle", match, times=STORM)
        return end(stage, undisturbed, command)


def reads(undisturbed, command, fault):
    """The first answer to each action that reads is bad."""
    with undisturbed.stage(command) as stage:
        for action in undisturbed.reads[command]:
            stage.fault(fault, {"action": action, "mutating": False})
        return end(stage, undisturbed, command)


def never_read(undisturbed, command, action, fault):
    """All answers to an action are bad: one clear error, and nothing that this would make wrong."""
    with undisturbed.stage(command) as stage:
        stage.fault(fault, {"action": action, "mutating": False}, times=0)
        code, text = stage.ends_well(command, "--auto-approve")
        stage.no_faults()
        stage.settle(command, undisturbed.worlds[command])
        if code == 0:
            raise Wrong(f"nobody minded that {action} had no answer:\n{text}")
        return True


def outage(undisturbed, command, call, seconds):
    """From a call on, connections are refused for that long; it is waited for."""
    with undisturbed.stage(command) as stage:
        stage.fault("hang_before", {"action": call[0], "mutating": True, "nth": call[1]}, ms=HOUR_MS)
        process = stage.begin("disturbed.log", *stage.words(command, "--auto-approve"))
        await_call(stage, process, call, worked=False)
        stage.stop()
        time.sleep(seconds)
        stage.resume()
        code = stage.judge_end(process.wait(), (stage.folder / "disturbed.log").read_text(), [command])
        stage.settle(command, undisturbed.worlds[command])
        return code == 0


def lag(undisturbed, command):
    """ECS and STS learn late of what RAM has changed."""
    with undisturbed.stage(command, "--eventual", LAG) as stage:
        stage.expect(0, command, "--auto-approve")
        stage.settle(command, undisturbed.worlds[command])
        return True


def firsts(calls):
    """The first call of each action."""
    return [call for call in calls if call[1] == 1]


def cells(undisturbeds, examples):
    for example, undisturbed in zip(examples, undisturbeds.of_all(examples)):
        for command, calls in undisturbed.calls.items():
            row = f"{example.name}, {command}"
            title = f"{example.name}: {command}"
            for fault in STRIKES:
                for call in calls:
                    yield row, fault, f"{title}, {fault} at {call[0]} {call[1]}", strike, (undisturbed, command, call, fault)
            yield row, "storm", f"{title}, {STORM} changes throttled", storm, (undisturbed, command, {"mutating": True})
            for fault in ANSWERS:
                yield row, "reads", f"{title}, {fault} at every first read", reads, (undisturbed, command, fault)
            for call in firsts(calls):
                yield (row, "refused", f"{title}, refused from {call[0]} on", outage, (undisturbed, command, call, BLINK_S))
            if example.name == "quickstart":
                yield row, "storm", f"{title}, {STORM} calls throttled", storm, (undisturbed, command, {})
                yield (row, "30 s", f"{title}, refused for {OUTAGE_S} s", outage, (undisturbed, command, calls[0], OUTAGE_S))
                for action in undisturbed.reads[command]:
                    yield (row, "unread", f"{title}, no answer to {action}", never_read,
                           (undisturbed, command, action, "malformed"))
            yield row, "lag", f"{title}, RAM lags by {LAG}", lag, (undisturbed, command)
