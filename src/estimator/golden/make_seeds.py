# SPDX-License-Identifier: Apache-2.0
"""The seed programs' steps that live beside the tests: the first five, every fiftieth and the last of each case.

    python make_seeds.py GOLDEN_ESTIMATOR/seeds.json OUT

`kept_steps` numbers (from 0) the entries of `loss` and `variables_after_step`; all else is copied as it is.
"""
import json
import sys


def cut(case):
    steps = case["steps"]
    kept = sorted({*range(5), *range(49, steps, 50), steps - 1})
    variables = {name: [values[i] for i in kept] for name, values in case["variables_after_step"].items()}
    return {**case, "kept_steps": kept, "loss": [case["loss"][i] for i in kept], "variables_after_step": variables}


with open(sys.argv[1]) as file:
    golden = json.load(file)
golden["cases"] = {name: cut(case) for name, case in golden["cases"].items()}
with open(sys.argv[2], "w") as file:
    json.dump(golden, file, separators=(",", ":"))
    file.write("\n")
