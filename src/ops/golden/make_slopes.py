# SPDX-License-Identifier: Apache-2.0
"""True values of functions, of their slopes and of the slopes' slopes, near limits where obvious
formulas cancel: `python make_slopes.py > slopes.txt`, with mpmath.

Each line: function, x (a float32), value, slope, slope of the slope. `-` stands where a number is
close to crossing 0, so that no formula could have all digits, or is no normal float64."""
import struct

import mpmath as mp

mp.mp.dps = 40
STEP = mp.mpf(10) ** -300


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def three_classes(x):
    """exp of the other two logits, 0 and -1, beside that of x."""
    return mp.exp(-x) * (1 + mp.exp(-1))


SELU_SCALE = mp.mpf("1.0507009873554804934193349852946")
SELU_ALPHA = mp.mpf("1.7580993408473768599402175208123")
FAR = [-40, -25, -19.5, -9, -5.5, -2.5, -0.375, -0.0009765625, 0.0009765625, 0.375, 2.5, 5.5, 7.4,
       9, 19.5, 25, 40]
TAIL = [-8.5, -7.25, -5, -3.5, -2, -0.375, 0.0009765625, 0.375, 2, 3.5, 5, 7.25, 8.5]
UNIT = [-0.9999999, -0.9990234375, -0.75, -0.0009765625, 0.00000095, 0.375, 0.9375, 0.9999847,
        0.9999999]
RIGHT = [1.0000001, 1.0009765625, 1.5, 7.4, 1000, 1e10, 3e17]
MANY = [-1e17, -1000, -7.4, -0.0009765625, 0.00000095, 0.375, 7.4, 30, 1e6, 3e17]

FUNCTIONS = {
    "sigmoid": (sigmoid, FAR),
    "log_sigmoid": (lambda x: -mp.log1p(mp.exp(-x)), FAR),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), FAR),
    "tanh": (mp.tanh, FAR),
    "softsign": (lambda x: x / (1 + abs(x)), FAR),
    "silu": (lambda x: x * sigmoid(x), FAR),
    "mish": (lambda x: x * mp.tanh(mp.log1p(mp.exp(x))), FAR),
    "elu": (lambda x: mp.expm1(x) if x < 0 else x, FAR),
    "selu": (lambda x: SELU_ALPHA * mp.expm1(x) if x < 0 else SELU_SCALE * x, FAR),
    "expm1": (mp.expm1, FAR),
    "log1p": (mp.log1p, [-0.9999999, -0.9990234375, -0.5, 0.00000095, 0.375, 7.4, 1e10]),
    "erf": (mp.erf, TAIL),
    "erfc": (mp.erfc, TAIL),
    "gelu": (lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2, TAIL),
    "sinh": (mp.sinh, FAR),
    "cosh": (mp.cosh, FAR),
    "asin": (mp.asin, UNIT),
    "acos": (mp.acos, UNIT),
    "atanh": (mp.atanh, UNIT),
    "acosh": (mp.acosh, RIGHT),
    "asinh": (mp.asinh, MANY),
    "atan": (mp.atan, MANY),
    # Losses and probabilities of the logit x of the right class.
    "sigmoid_cross_entropy_of_1": (lambda x: mp.log1p(mp.exp(-x)), FAR),
    "sigmoid_cross_entropy_of_0": (lambda x: mp.log1p(mp.exp(x)), FAR),
    "softmax_cross_entropy": (lambda x: mp.log1p(three_classes(x)), FAR),
    "sparse_softmax_cross_entropy": (lambda x: mp.log1p(three_classes(x)), FAR),
    "softmax": (lambda x: 1 / (1 + three_classes(x)), FAR),
    "log_softmax": (lambda x: -mp.log1p(three_classes(x)), FAR),
    "logsumexp": (lambda x: mp.log1p(mp.exp(x)), FAR),
}


def derivatives(function, x):
    """The value and three derivatives."""
    with mp.workdps(1300):
        y = [function(x + k * STEP) for k in range(-2, 3)]
        return (y[2], (y[3] - y[1]) / (2 * STEP), (y[3] - 2 * y[2] + y[1]) / STEP**2,
                (y[4] - 2 * y[3] + 2 * y[1] - y[0]) / (2 * STEP**3))


def text(numbers, index, x):
    """`numbers[index]`, unless a relative error of x in 1e16 moves it by more than one in 1e14."""
    value = numbers[index]
    if abs(value) < 1e-300:
        return "-"
    if abs(x * numbers[index + 1] / value) > 200:
        return "-"
    return mp.nstr(value, 20)


def main():
    for name, (function, points) in FUNCTIONS.items():
        for point in points:
            x = struct.unpack("f", struct.pack("f", point))[0]
            numbers = derivatives(function, mp.mpf(x))
            print(name, repr(x), *(text(numbers, i, x) for i in range(3)))


if __name__ == "__main__":
    main()
