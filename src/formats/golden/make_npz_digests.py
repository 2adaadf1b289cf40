# SPDX-License-Identifier: Apache-2.0
"""Digests of .npz files as NumPy reads them, and small ones that NumPy writes.

    python make_npz_digests.py GOLDEN OUT

walks GOLDEN for .npz files and writes OUT/kinds.npz (deflated), OUT/stored.npz and
OUT/npz_digests.json.
A digest is [dtype, shape, zlib.crc32 of the elements]; a text counts as its uint64 length and its
UTF-8 bytes.
"""
import json
import os
import struct
import sys
import zlib

import numpy as np


def digest(array):
    if array.dtype.kind in "SU":
        texts = [t if isinstance(t, bytes) else t.encode() for t in array.ravel().tolist()]
        elements = b"".join(struct.pack("<Q", len(text)) + text for text in texts)
        return ["string", list(array.shape), zlib.crc32(elements)]
    native = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("=")))
    return [native.dtype.name, list(array.shape), zlib.crc32(native.tobytes())]


def digests(path):
    with np.load(path) as file:
        return {name: digest(file[name]) for name in sorted(file.files)}


def whole(rows):
    """One digest for all arrays of a file: [number, crc of their digests in the order of names]."""
    crcs = b"".join(struct.pack("<I", rows[name][2]) for name in sorted(rows))
    return [len(rows), zlib.crc32(crcs)]


def every_kind():
    numbers = {kind: np.arange(-3, 9).reshape(3, 4).astype(kind)
               for kind in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?",
                            "c8", "c16", ">f4", ">i8", ">u2", ">c8")}
    more = {"scalar": np.float32(3.5), "empty": np.zeros([0, 3]), "vector": np.arange(3.0),
            "bytes": np.array([b"", b"a", b"a\0b", b"longer"]),
            "text": np.array([["", "na\u00efve"], ["\U0001f600", "\u20ac"]]),
            "swapped_text": np.array(["ab", "\u20ac"]).astype(">U2"), "scope/name": np.int64(7)}
    return numbers | more


def main(golden, out):
    np.savez_compressed(os.path.join(out, "kinds.npz"), **every_kind())
    np.savez(os.path.join(out, "stored.npz"), a=np.arange(5), b=np.ones([2, 2], np.float32))
    found = [os.path.join(folder, name) for folder, _, names in os.walk(golden) for name in names
             if name.endswith(".npz")]
    own = {name: digests(os.path.join(out, name)) for name in ("kinds.npz", "stored.npz")}
    tables = {"golden": {os.path.relpath(path, golden): whole(digests(path)) for path in found},
              "own": own}
    with open(os.path.join(out, "npz_digests.json"), "w") as file:
        json.dump(tables, file, separators=(",", ":"), sort_keys=True)
        file.write("\n")


main(*sys.argv[1:])
