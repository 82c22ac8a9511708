"""kill -9 at every call that changes something, before its effect and after it; then the command once more."""
from stage import HOUR_MS, await_call

MOMENTS = ("before", "after")


def kill(undisturbed, command, call, moment):
    with undisturbed.stage(command) as stage:
        action, count = call
        stage.fault(f"hang_{moment}", {"action": action, "mutating": True, "nth": count}, ms=HOUR_MS)
        process = stage.begin("disturbed.log", *stage.words(command, "--auto-approve"))
        try:
            await_call(stage, process, call, worked=moment == "after")
        finally:
            process.kill()
            process.wait()
        stage.no_faults()
        stage.settle(command, undisturbed.worlds[command])


def cells(undisturbeds, examples):
    """(row, column, name, function, arguments)..."""
    for example, undisturbed in zip(examples, undisturbeds.of_all(examples)):
        for command, calls in undisturbed.calls.items():
            for call in calls:
                for moment in MOMENTS:
                    yield (f"{example.name}, {command}", moment,
                           f"{example.name}: {command} killed {moment} {call[0]} {call[1]}", kill,
                           (undisturbed, command, call, moment))
