# SPDX-License-Identifier: Apache-2.0
# JAX: the whole step under jit with its state donated, or 50 steps in one compiled call (scan).
# Usage: jax_peer.py W1|W2|W10 jit|scan
import os
import sys
from time import perf_counter

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp
import numpy as np

import protocol

SCAN_STEPS = 50


def logits(params, x):
    hidden = jax.nn.relu(x @ params["d1/w"] + params["d1/b"])
    return hidden @ params["d2/w"] + params["d2/b"]


def squared_error(params, x, y):
    return jnp.mean(jnp.square(x @ params["d1/w"] + params["d1/b"] - y))


def cross_entropy(params, x, y):
    log_probabilities = jax.nn.log_softmax(logits(params, x))
    return -jnp.mean(jnp.take_along_axis(log_probabilities, y[:, None], axis=1))


def sgd(state, gradient):
    return {"params": jax.tree.map(lambda p, g: p - 0.01 * g, state["params"], gradient)}


def adam(state, gradient):
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, state["m"], gradient)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, state["v"], gradient)
    rate = 1e-3 * jnp.sqrt(1 - state["power2"]) / (1 - state["power1"])

    def moved(p, m, v):
        return p - rate * m / (jnp.sqrt(v) + 1e-8)

    params = jax.tree.map(moved, state["params"], m, v)
    return {"params": params, "m": m, "v": v, "power1": state["power1"] * jnp.float32(0.9),
            "power2": state["power2"] * jnp.float32(0.999)}


def initial_state(workload):
    params = {name: jnp.asarray(value) for name, value in workload.params.items()}
    if workload.name == "W1":
        return {"params": params}
    return {"params": params, "m": jax.tree.map(jnp.zeros_like, params),
            "v": jax.tree.map(jnp.zeros_like, params), "power1": jnp.float32(0.9),
            "power2": jnp.float32(0.999)}


def step_of(workload):
    loss_of, update = (squared_error, sgd) if workload.name == "W1" else (cross_entropy, adam)

    def step(state, x, y):
        loss, gradient = jax.value_and_grad(loss_of)(state["params"], x, y)
        return update(state, gradient), loss

    return step


def jit_advance(workload):
    state = initial_state(workload)
    step = jax.jit(step_of(workload), donate_argnums=0)
    x, y = workload.x, workload.y

    def advance(i):
        nonlocal state
        batch = i % len(x)
        state, loss = step(state, x[batch], y[batch])
        return loss

    return advance, lambda loss: [float(loss)]


def scan_advance(workload):
    state = initial_state(workload)
    step = step_of(workload)
    x, y = workload.x, workload.y

    def steps(state, x, y, first):
        def body(state, i):
            batch = (first + i) % len(x)
            return step(state, x[batch], y[batch])

        return jax.lax.scan(body, state, jnp.arange(SCAN_STEPS))

    compiled = jax.jit(steps, donate_argnums=0)

    def advance(i):
        nonlocal state
        state, losses = compiled(state, x, y, i % len(x))
        return losses

    return advance, lambda losses: np.asarray(losses).tolist()


def turn_advance(workload):
    """W10: train one step, evaluate a test batch, predict it into the user's array."""
    state = initial_state(workload)
    step = jax.jit(step_of(workload), donate_argnums=0)
    x, y, test_x, test_y = workload.x, workload.y, workload.test_x, workload.test_y
    probabilities = np.empty((32, 10), np.float32)

    @jax.jit
    def evaluate(params, x, y):
        accuracy = jnp.mean(jnp.argmax(logits(params, x), axis=1) == y)
        return cross_entropy(params, x, y), accuracy

    predict = jax.jit(lambda params, x: jax.nn.softmax(logits(params, x)))

    def advance(i):
        nonlocal state
        batch, test = i % len(x), i % len(test_x)
        state, _ = step(state, x[batch], y[batch])
        loss, accuracy = evaluate(state["params"], test_x[test], test_y[test])
        loss, accuracy = float(loss), float(accuracy)
        np.copyto(probabilities, np.asarray(predict(state["params"], test_x[test])))
        return loss

    return advance, lambda loss: [loss]


def main():
    is_scan = sys.argv[2] == "scan"
    own_arrays = jnp.asarray if is_scan else lambda batches: [jnp.asarray(b) for b in batches]
    channel, workload = protocol.start(f"JAX {jax.__version__}", own_arrays)
    started = perf_counter()
    build = turn_advance if workload.name == "W10" else scan_advance if is_scan else jit_advance
    steps_per_call = SCAN_STEPS if is_scan else 1
    talk = protocol.conversation(channel, started, steps_per_call)
    protocol.drive(talk, *build(workload), steps_per_call)


if __name__ == "__main__":
    main()
