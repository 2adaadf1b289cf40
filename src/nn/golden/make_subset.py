# SPDX-License-Identifier: Apache-2.0
"""The golden cases that live beside the tests: those of the optimizers, schedules, losses and
metrics that this room has, of the losses every seventh.

    python make_subset.py GOLDEN_TRAINING OUT

copies cases and their arrays as they are; equal inputs give equal bytes.
"""
import json
import sys
import zipfile

KEPT = {
    "optimizers": ("v1.GradientDescent", "v1.Momentum", "v1.Adam", "v1.Adagrad"),
    "schedules": ("v1.cosine_decay", "v1.exponential_decay"),
    "train_losses": ("mean_squared_error", "absolute_difference", "sigmoid_cross_entropy",
                     "softmax_cross_entropy", "sparse_softmax_cross_entropy",
                     "compute_weighted_loss"),
    "metrics_v1": ("accuracy", "mean", "mean_squared_error", "mean_absolute_error",
                   "root_mean_squared_error", "auc", "mean_iou", "mean_tensor"),
}


def keys_of(value):
    """Every array key in a case: strings in lists, at any depth."""
    if isinstance(value, dict):
        return set().union(*map(keys_of, value.values()))
    if isinstance(value, list):
        names = (item for item in value if isinstance(item, str))
        return {name for name in names if name[:1] == "a" and name[1:].isdigit()}
    return set()


def copy_family(source, target, family, ops):
    with open(f"{source}/{family}.json") as file:
        cases = [case for case in json.load(file)["cases"] if case["op"] in ops]
    if family == "train_losses":
        cases = [case for case in cases if "label_smoothing" not in case["attrs"]][::7]
    with open(f"{target}/{family}.json", "w") as file:
        file.write('{"cases": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]}\n")
    names = sorted(set().union(*map(keys_of, cases)))
    with zipfile.ZipFile(f"{source}/{family}.npz") as old, \
            zipfile.ZipFile(f"{target}/{family}.npz", "w") as new:
        for name in names:
            member = zipfile.ZipInfo(name + ".npy")
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name + ".npy"))


if __name__ == "__main__":
    for family, ops in KEPT.items():
        copy_family(sys.argv[1], sys.argv[2], family, ops)
