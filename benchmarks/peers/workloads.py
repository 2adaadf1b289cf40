# SPDX-License-Identifier: Apache-2.0
# What every peer computes: initial values by formula, and the batches of W1, W2 and W10.
# Needs NumPy only; benchmarks/numbers.h is its twin for Reckon's programs.
import gzip
import math
import os
import struct
from dataclasses import dataclass

import numpy as np

FASHION_MNIST = os.environ.get("RECKON_FASHION_MNIST", "/usr/share/datasets/fashion-mnist")


def rnd(stream, count):
    """splitmix64's output function on stream * 2^40 + i, for i = 0 ... count-1; uint64[count]."""
    z = np.arange(count, dtype=np.uint64) + np.uint64((stream << 40) % 2**64)
    z += np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def uniform(stream, limit, shape):
    """U: float32[shape] between -limit and limit, by one float32 multiplication."""
    centred = (rnd(stream, math.prod(shape)) >> np.uint64(40)).astype(np.int64) - 2**23
    scale = np.float32(np.float64(np.float32(limit)) * 2.0**-23)
    return (centred.astype(np.float32) * scale).reshape(shape)


def integers(stream, bound, shape):
    """I: int64[shape], each in [0, bound)."""
    values = (rnd(stream, math.prod(shape)) >> np.uint64(33)) % np.uint64(bound)
    return values.astype(np.int64).reshape(shape)


def octaves(stream, bound, octave_count, shape):
    """Z: int64[shape] in [0, bound); octaves are equally likely, so P(k) is about 1/(k+1)."""
    r = rnd(stream, math.prod(shape))
    size = np.uint64(1) << (r % np.uint64(octave_count))
    mask = size - np.uint64(1)
    values = (mask + ((r >> np.uint64(32)) & mask)) % np.uint64(bound)
    return values.astype(np.int64).reshape(shape)


def glorot(stream, shape):
    """G: U with Glorot's limit for a kernel [..., in, out]."""
    fan = math.prod(shape[:-2]) * (shape[-2] + shape[-1])
    return uniform(stream, math.sqrt(6.0 / fan), shape)


def self_check():
    """Raises ValueError unless the formulas yield the published values."""
    published = [
        (rnd(0, 3).tolist(), [0xE220A8397B1DCDAF, 0x910A2DEC89025CC1, 0x975835DE1C9756CE]),
        (np.round(glorot(200, (784, 128)).ravel()[:4].astype(np.float64), 8).tolist(),
         [-0.06570265, 0.05925979, 0.02196108, 0.05218892]),
        (octaves(7001, 10**6, 20, (8,)).tolist(), [4023, 811, 3319, 13960, 62, 228, 0, 116]),
        (integers(5001, 10, (8,)).tolist(), [0, 5, 3, 4, 4, 4, 5, 9]),
    ]
    for got, wanted in published:
        if got != wanted:
            raise ValueError(f"[workloads] the numbers are {got}, {wanted} was expected")


def read_idx(name):
    """An idx file of Fashion-MNIST as uint8, found as NAME or NAME.gz."""
    path = os.path.join(FASHION_MNIST, name)
    opener = open if os.path.exists(path) else gzip.open
    path = path if opener is open else path + ".gz"
    if not os.path.exists(path):
        raise FileNotFoundError(f"[workloads] {path} is missing; install Debian's package "
                                "dataset-fashion-mnist or set RECKON_FASHION_MNIST")
    with opener(path, "rb") as file:
        content = file.read()
    dimensions = content[3]
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def fashion_batches(prefix, batch):
    """float32[n, batch, 784] in [0, 1] and int64[n, batch], in file order; the rest is dropped."""
    images = read_idx(prefix + "-images-idx3-ubyte")
    labels = read_idx(prefix + "-labels-idx1-ubyte")
    n = len(images) // batch
    x = images[:n * batch].reshape(n, batch, 784).astype(np.float32) / np.float32(255)
    return x, labels[:n * batch].reshape(n, batch).astype(np.int64)


@dataclass
class Workload:
    """Parameters in order, batches x[n, B, ...] and y[n, B, ...]; W10 has test batches too."""
    name: str
    params: dict
    x: np.ndarray
    y: np.ndarray
    test_x: np.ndarray = None
    test_y: np.ndarray = None


def mlp_params(first_stream):
    return {
        "d1/w": glorot(first_stream, (784, 128)), "d1/b": np.zeros(128, np.float32),
        "d2/w": glorot(first_stream + 2, (128, 10)), "d2/b": np.zeros(10, np.float32),
    }


def load(name):
    """The workload called name: W1, W2 or W10."""
    self_check()
    if name == "W1":
        x = uniform(1000, 1.0, (64, 32, 16))
        slope = ((np.arange(16) - 7.5) / 8).astype(np.float32)
        y = (x @ slope + np.float32(0.5))[..., None].astype(np.float32)
        return Workload(name, {"d1/w": glorot(100, (16, 1)), "d1/b": np.zeros(1, np.float32)}, x, y)
    if name in ("W2", "W10"):
        x, y = fashion_batches("train", 32)
        if name == "W2":
            return Workload(name, mlp_params(200), x, y)
        return Workload(name, mlp_params(200), x, y, *fashion_batches("t10k", 32))
    raise ValueError(f"[workloads] {name} is not one of W1, W2, W10")
