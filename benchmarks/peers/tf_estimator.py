# SPDX-License-Identifier: Apache-2.0
# TensorFlow Estimator: W1 and W2 in one call of train, where a hook listens to the harness;
# W10 as turns of train, evaluate and predict with the default saves.
# Usage: tf_estimator.py W1|W2|W10
import functools
import os
import shutil
import tempfile
from time import perf_counter

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf

import protocol

v1 = tf.compat.v1
ModeKeys = tf.estimator.ModeKeys


class HarnessHook(tf.estimator.SessionRunHook):
    """Between two steps of train, asks the conversation whether to go on and what to fetch."""

    def __init__(self, talk, loss):
        self._talk = talk
        self._loss = loss

    def after_create_session(self, session, coord):
        self._is_wanted = next(self._talk)

    def before_run(self, run_context):
        return tf.estimator.SessionRunArgs(self._loss) if self._is_wanted else None

    def after_run(self, run_context, run_values):
        try:
            losses = [float(run_values.results)] if self._is_wanted else None
            self._is_wanted = self._talk.send(losses)
        except StopIteration:
            run_context.request_stop()


def dense(x, workload, name):
    w = v1.get_variable(f"{name}/w", initializer=workload.params[f"{name}/w"])
    b = v1.get_variable(f"{name}/b", initializer=workload.params[f"{name}/b"])
    return tf.matmul(x, w) + b


def model_fn(features, labels, mode, workload, talk):
    if workload.name == "W1":
        loss = tf.reduce_mean(tf.square(dense(features, workload, "d1") - labels))
        optimizer = v1.train.GradientDescentOptimizer(0.01)
    else:
        logits = dense(tf.nn.relu(dense(features, workload, "d1")), workload, "d2")
        if mode == ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, predictions=tf.nn.softmax(logits))
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        optimizer = v1.train.AdamOptimizer(1e-3)
    if mode == ModeKeys.EVAL:
        accuracy = v1.metrics.accuracy(labels, tf.argmax(logits, 1))
        return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops={"accuracy": accuracy})
    train_op = optimizer.minimize(loss, global_step=v1.train.get_global_step())
    hooks = [HarnessHook(talk, loss)] if talk else []
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op, training_hooks=hooks)


def endless_input(workload):
    """All batches in turn. The arrays come through a function: as constants they would enter the
    graph, which takes gigabytes for W2."""
    types, shapes = (workload.x.dtype, workload.y.dtype), (workload.x.shape, workload.y.shape)

    def batches(_):
        arrays = tf.numpy_function(lambda: (workload.x, workload.y), [], types)
        arrays = tuple(tf.ensure_shape(array, shape) for array, shape in zip(arrays, shapes))
        return tf.data.Dataset.from_tensor_slices(arrays).repeat()

    return tf.data.Dataset.from_tensors(0).flat_map(batches).prefetch(2)


def session_config():
    return v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)


def train_steps(channel, workload, model_dir, started):
    config = tf.estimator.RunConfig(
        model_dir=model_dir, session_config=session_config(), save_summary_steps=None,
        save_checkpoints_steps=None, save_checkpoints_secs=None, log_step_count_steps=None)
    talk = protocol.conversation(channel, started)
    bound = functools.partial(model_fn, workload=workload, talk=talk)
    estimator = tf.estimator.Estimator(bound, config=config)
    estimator.train(lambda: endless_input(workload))


def take_turns(channel, workload, model_dir, started):
    config = tf.estimator.RunConfig(model_dir=model_dir, session_config=session_config())
    bound = functools.partial(model_fn, workload=workload, talk=None)
    estimator = tf.estimator.Estimator(bound, config=config)
    probabilities = np.empty((32, 10), np.float32)

    def one_batch(x, y, i):
        return lambda: tf.data.Dataset.from_tensors((x[i % len(x)], y[i % len(x)]))

    def turn(i):
        test = one_batch(workload.test_x, workload.test_y, i)
        estimator.train(one_batch(workload.x, workload.y, i), steps=1)
        result = estimator.evaluate(test, steps=1)
        loss, accuracy = float(result["loss"]), float(result["accuracy"])
        for rows in estimator.predict(test, yield_single_examples=False):
            np.copyto(probabilities, rows)
        return loss, accuracy

    protocol.drive(protocol.conversation(channel, started), turn, lambda result: [result[0]])


def main():
    tf.get_logger().setLevel("ERROR")
    channel, workload = protocol.start(f"TensorFlow {tf.__version__}", lambda batches: batches)
    model_dir = tempfile.mkdtemp(prefix="bench-tf-estimator-")
    started = perf_counter()
    try:
        run = take_turns if workload.name == "W10" else train_steps
        run(channel, workload, model_dir, started)
    finally:
        shutil.rmtree(model_dir)


if __name__ == "__main__":
    main()
