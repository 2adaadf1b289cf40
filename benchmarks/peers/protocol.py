# SPDX-License-Identifier: Apache-2.0
# How a peer talks with tools/bench: lines of JSON on its standard input and output, one answer to
# each command. benchmarks/protocol.h speaks the same, and benchmarks/README.md describes it.
import json
import os
import resource
import sys
from time import perf_counter

import workloads


class Channel:
    """The two ends of the pipe. Whatever else prints to standard output goes to standard error."""

    def __init__(self):
        self._out = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)

    def send(self, answer):
        self._out.write(json.dumps(answer) + "\n")
        self._out.flush()

    def receive(self):
        """The next command, or one to finish when the harness is gone."""
        line = sys.stdin.readline()
        return json.loads(line) if line else {"command": "finish"}


def start(version, own_arrays):
    """Loads the workload named on the command line, turns its batches into the framework's own
    arrays with `own_arrays`, and waits for the word to build it."""
    channel = Channel()
    workload = workloads.load(sys.argv[1])
    for field in ("x", "y", "test_x", "test_y"):
        batches = getattr(workload, field)
        if batches is not None:
            setattr(workload, field, own_arrays(batches))
    channel.send({"version": version})
    channel.receive()
    return channel, workload


def conversation(channel, started, steps_per_call=1, on_checked=lambda: None):
    """Answers commands while somebody else steps: yields whether the next call's losses are wanted,
    and is sent them. `started` is when building began; `on_checked` runs after the check."""
    while True:
        command = channel.receive()
        if command["command"] == "check":
            losses = list((yield True))
            first_step = perf_counter() - started
            while len(losses) < command["steps"]:
                losses += yield True
            on_checked()
            channel.send({"losses": losses, "first_step_seconds": first_step})
        elif command["command"] == "round":
            begin = perf_counter()
            deadline = begin + command["seconds"]
            steps = steps_per_call
            while perf_counter() < deadline:
                yield False
                steps += steps_per_call
            losses = yield True  # reading the loss waits for all steps before it
            seconds = perf_counter() - begin
            channel.send({"steps": steps, "seconds": seconds, "loss": losses[-1]})
        else:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            channel.send({"peak_rss_mib": peak})
            return


def drive(talk, advance, read, steps_per_call=1):
    """Steps as the conversation asks: advance(i) takes the steps from i on without waiting for
    them, read(its result) waits and lists their losses."""
    step = 0
    wanted = next(talk)
    try:
        while True:
            result = advance(step)
            step += steps_per_call
            wanted = talk.send(read(result) if wanted else None)
    except StopIteration:
        pass
