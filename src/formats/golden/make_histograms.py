# SPDX-License-Identifier: Apache-2.0
"""Histograms that TensorFlow v1's summary op makes.

    python make_histograms.py OUT

writes OUT/histograms.json: a list of {"values", "histogram"}; the values are float64.
"""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow.compat.v1 as tf

FIELDS = ("min", "max", "num", "sum", "sum_squares")


def cases():
    random = np.random.RandomState(5)
    yield []
    yield [0.0]
    yield [-0.0, 0.0, 1e-300, -1e-300]
    yield [1e-12, -1e-12, 1.1e-12, 1e20, -1e20, 1e150, -1e150]
    yield random.randn(200)
    yield random.randn(50) * 10.0 ** random.randint(-15, 25, 50)
    yield np.arange(100.0) - 30


def histogram(values):
    with tf.Graph().as_default(), tf.Session() as session:
        given = tf.constant(values, tf.float64, [len(values)])
        text = session.run(tf.summary.histogram("h", given))
    message = tf.Summary.FromString(text).value[0].histo
    made = {field: getattr(message, field) for field in FIELDS}
    return made | {"bucket_limit": list(message.bucket_limit), "bucket": list(message.bucket)}


rows = [{"values": [float(value) for value in values], "histogram": histogram(values)}
        for values in cases()]
with open(os.path.join(sys.argv[1], "histograms.json"), "w") as file:
    json.dump(rows, file, separators=(",", ":"))
    file.write("\n")
