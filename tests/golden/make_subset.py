# SPDX-License-Identifier: Apache-2.0
"""Cuts a few cases of each op of SUBSET out of a directory of golden files: python3 make_subset.py FROM [TO].

Needs numpy. Copies cases, arrays and rejections as they are; ../shared/golden/ops/README.md describes the form.
"""
import json
import pathlib
import sys

import numpy

# family -> op -> numbers of its cases
SUBSET = {
    "activations": {"gelu": [0, 4, 7, 11], "softmax": [0, 3]},
    "control_flow": {
        "cond": [0, 1, 2, 3],
        "while_loop": [0, 1, 2, 3, 5],
        "custom_gradient": [0],
        "second_derivative": [0],
        "stop_gradient_partial": [0],
        "unused_output": [0],
        "reused_input": [0],
    },
    "elementwise_binary": {"add": [0, 4], "divide": [4], "maximum": [4]},
    "elementwise_unary": {"exp": [2, 6], "tanh": [2, 6]},
    "gather_scatter": {"gather": [1, 3, 6, 9], "boolean_mask": [0, 1, 2]},
    "losses": {"sparse_softmax_cross_entropy_with_logits": [0, 1]},
    "matmul": {"matmul": [0, 5, 10], "batch_matmul": [1, 6]},
    "normalization": {"batch_normalization": [0, 1], "fused_batch_norm": [0, 2], "keras_batch_norm": [0, 1]},
    "reductions": {"reduce_logsumexp": [0, 3, 8], "reduce_sum": [2], "reduce_max": [3]},
    "shapes": {"concat": [0], "transpose": [2], "one_hot": [0], "strided_slice": [0]},
    "sorting": {"top_k": [0, 2, 3]},
    "strings": {"to_hash_bucket_fast": [2, 5]},
}


def keys_of(entry):
    """The keys of arrays that a case names, in any of its lists."""
    grad = entry.get("grad", {})
    lists = [entry["inputs"], entry["outputs"], entry.get("truth", [])]
    lists += [grad.get(name, []) for name in ("cotangents", "input_grads", "truth")]
    return {key for names in lists for key in names if key not in (None, "=")}


def cut_family(source, target, family, ops):
    file = json.loads((source / f"{family}.json").read_text())
    wanted = {f"{op}.{number}" for op, numbers in ops.items() for number in numbers}
    cases = [case for case in file["cases"] if case["name"] in wanted]
    missing = wanted - {case["name"] for case in cases}
    if missing:
        sys.exit(f"{family} has no {sorted(missing)}")
    keys = set().union(*(keys_of(case) for case in cases))
    head = file["head"]
    kept = {"family": family, "seed": head["seed"], "tensorflow": head["tensorflow"]}
    for part in ("raw16", "strings"):
        kept[part] = {key: value for key, value in head[part].items() if key in keys}
    arrays = numpy.load(source / f"{family}.npz")
    numpy.savez_compressed(target / f"{family}.npz", **{k: arrays[k] for k in arrays.files if k in keys})
    lines = ",\n".join(json.dumps(case) for case in cases)
    (target / f"{family}.json").write_text(f'{{"head": {json.dumps(kept)}, "cases": [\n{lines}\n]}}\n')


def main():
    source = pathlib.Path(sys.argv[1])
    target = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent / "ops")
    target.mkdir(parents=True, exist_ok=True)
    for family, ops in SUBSET.items():
        cut_family(source, target, family, ops)
    ops = {op for numbers in SUBSET.values() for op in numbers}
    errors = [e for e in json.loads((source / "errors.json").read_text()) if e["op"] in ops]
    (target / "errors.json").write_text("[\n" + ",\n".join(json.dumps(error) for error in errors) + "\n]\n")


main()
