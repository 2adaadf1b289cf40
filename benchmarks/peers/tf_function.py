# SPDX-License-Identifier: Apache-2.0
# TensorFlow 2: one tf.function with the fused resource optimizer kernels, plain or through XLA.
# Usage: tf_function.py W1|W2 plain|jit_compile
import os
import sys
from time import perf_counter

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf

import protocol


def squared_error(params, x, y):
    return tf.reduce_mean(tf.square(tf.matmul(x, params["d1/w"]) + params["d1/b"] - y))


def cross_entropy(params, x, y):
    hidden = tf.nn.relu(tf.matmul(x, params["d1/w"]) + params["d1/b"])
    logits = tf.matmul(hidden, params["d2/w"]) + params["d2/b"]
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))


def slots(params):
    return {name: tf.Variable(tf.zeros_like(value), trainable=False)
            for name, value in params.items()}


def adam(params):
    """Returns a function that applies gradients with TensorFlow 1's Adam."""
    m, v = slots(params), slots(params)
    power1, power2 = tf.Variable(0.9, trainable=False), tf.Variable(0.999, trainable=False)

    def apply(gradients):
        for name, gradient in gradients.items():
            tf.raw_ops.ResourceApplyAdam(
                var=params[name].handle, m=m[name].handle, v=v[name].handle, beta1_power=power1,
                beta2_power=power2, lr=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, grad=gradient)
        power1.assign(power1 * 0.9)
        power2.assign(power2 * 0.999)

    return apply


def sgd(params):
    def apply(gradients):
        for name, gradient in gradients.items():
            tf.raw_ops.ResourceApplyGradientDescent(
                var=params[name].handle, alpha=0.01, delta=gradient)

    return apply


def build(workload, is_jit):
    params = {name: tf.Variable(value) for name, value in workload.params.items()}
    loss_of, optimizer = (squared_error, sgd) if workload.name == "W1" else (cross_entropy, adam)
    apply = optimizer(params)
    x, y = workload.x, workload.y

    @tf.function(jit_compile=is_jit, autograph=False)
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(params, x, y)
        apply(tape.gradient(loss, params))
        return loss

    def advance(i):
        batch = i % len(x)
        return step(x[batch], y[batch])

    return advance


def main():
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    channel, workload = protocol.start(f"TensorFlow {tf.__version__}",
                                      lambda batches: [tf.constant(batch) for batch in batches])
    started = perf_counter()
    advance = build(workload, sys.argv[2] == "jit_compile")
    protocol.drive(protocol.conversation(channel, started), advance, lambda loss: [float(loss)])


if __name__ == "__main__":
    main()
