# SPDX-License-Identifier: Apache-2.0
"""Digests of checkpoints as TensorFlow 2.15 reads them, and small checkpoints that it writes.

    python make_bundle_digests.py DATA GOLDEN OUT

Walks DATA and GOLDEN for V2 checkpoints, writes OUT/bundle_digests.json, OUT/kinds.ckpt.* (every
dtype), OUT/slices.ckpt.* (partitioned variables) and OUT/shards.ckpt.* (two data files).
A digest is [dtype, shape, zlib.crc32 of the elements]; a string counts as its uint64 length and
its bytes.
"""
import glob
import json
import os
import struct
import sys
import zlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf


def digest(value):
    if value.dtype == object:
        elements = b"".join(struct.pack("<Q", len(text)) + text for text in value.ravel())
    else:
        elements = np.ascontiguousarray(value).tobytes()
    return zlib.crc32(elements)


def digests(prefix):
    reader = tf.train.load_checkpoint(prefix)
    rows = {}
    for name, dtype in sorted(reader.get_variable_to_dtype_map().items()):
        # As an object, as NumPy's own strings lose trailing zero bytes.
        value = np.asarray(reader.get_tensor(name), object if dtype == tf.string else None)
        rows[name] = [dtype.name, list(value.shape), digest(value)]
    return rows


def checkpoints(root):
    found = []
    for folder, _, names in os.walk(root):
        found += [os.path.join(folder, name)[:-len(".index")] for name in names
                  if name.endswith(".index")]
    return {os.path.relpath(prefix, root): digests(prefix) for prefix in sorted(found)}


def every_kind():
    return {
        "bf16": tf.constant([1.5, -2.25], tf.bfloat16), "bool": tf.constant([True, False, True]),
        "c128": tf.constant([1 + 2j], tf.complex128),
        "c64": tf.constant([1 + 2j, -3j], tf.complex64),
        "empty": tf.zeros([0, 3]), "f16": tf.constant([1.5, 65504.0], tf.float16),
        "f32": tf.reshape(tf.range(70, dtype=tf.float32) / 7, [2, 5, 7]),
        "f64": tf.constant([1e300, -1.0], tf.float64), "i16": tf.constant([-5, 7], tf.int16),
        "i32": tf.constant([[1, 2], [3, -4]]), "i64": tf.constant([2**62, -1], tf.int64),
        "i8": tf.constant([-128, 127], tf.int8), "scalar": tf.constant(3.25),
        "scope/text": tf.constant(["", "a", "naïve", "x" * 300]),
        "u16": tf.constant([5, 65535], tf.uint16),
        "u32": tf.constant([4294967295], tf.uint32), "u64": tf.constant([2**63], tf.uint64),
        "u8": tf.constant([0, 255], tf.uint8), "void": tf.constant([], tf.string),
    }


def save(prefix, tensors):
    names = sorted(tensors)
    tf.raw_ops.SaveV2(prefix=prefix, tensor_names=names, shape_and_slices=[""] * len(names),
                      tensors=[tensors[name] for name in names])


def save_own(folder):
    for path in glob.glob(os.path.join(folder, "*.ckpt.*")):
        os.remove(path)
    save(os.path.join(folder, "kinds.ckpt"), every_kind())
    table = tf.reshape(tf.range(28, dtype=tf.float32), [7, 4])
    tf.raw_ops.SaveV2(
        prefix=os.path.join(folder, "slices.ckpt"), tensor_names=["table"] * 3 + ["wide"] * 2,
        shape_and_slices=["7 4 0,3:-", "7 4 3,2:-", "7 4 5,2:-", "7 4 -:0,1", "7 4 -:1,3"],
        tensors=[table[:3], table[3:5], table[5:], table[:, :1], table[:, 1:]])
    parts = [os.path.join(folder, "part%d" % part) for part in range(2)]
    save(parts[0], {"b": tf.constant([1, 2]), "d": tf.constant(["x", "yz"])})
    save(parts[1], {"a": tf.constant([0.5, 1.5]), "c": tf.constant([7], tf.int64)})
    tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=parts, delete_old_dirs=False,
                                  destination_prefix=os.path.join(folder, "shards.ckpt"))
    own = ("kinds.ckpt", "slices.ckpt", "shards.ckpt")
    return {name: digests(os.path.join(folder, name)) for name in own}


def main(data, golden, out):
    tables = {"data": checkpoints(data), "golden": checkpoints(golden), "own": save_own(out)}
    with open(os.path.join(out, "bundle_digests.json"), "w") as file:
        json.dump(tables, file, separators=(",", ":"), sort_keys=True)
        file.write("\n")


main(*sys.argv[1:])
