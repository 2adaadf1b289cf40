# SPDX-License-Identifier: Apache-2.0
# PyTorch: eager, or with the loss function under torch.compile; optimizers with fused=True.
# Usage: torch_peer.py W1|W2|W10 eager|compile
import sys
from time import perf_counter

import torch
import torch.nn.functional as F

import protocol

BETA2 = 0.999
EPSILON = 1e-8


def logits(params, x):
    hidden = F.relu(torch.addmm(params["d1/b"], x, params["d1/w"]))
    return torch.addmm(params["d2/b"], hidden, params["d2/w"])


def squared_error(params, x, y):
    return F.mse_loss(torch.addmm(params["d1/b"], x, params["d1/w"]), y)


def cross_entropy(params, x, y):
    return F.cross_entropy(logits(params, x), y)


class Trainer:
    """Parameters, optimizer and one step. While losses are compared, Adam's epsilon is set so that
    it stands where TensorFlow has it: outside the bias correction."""

    def __init__(self, workload, is_compiled):
        self.params = {name: torch.tensor(value, requires_grad=True)
                       for name, value in workload.params.items()}
        self.is_adam = workload.name != "W1"
        self.is_checking = self.is_adam
        loss_of = cross_entropy if self.is_adam else squared_error
        self.loss_of = torch.compile(loss_of) if is_compiled else loss_of
        if self.is_adam:
            self.optimizer = torch.optim.Adam(self.params.values(), 1e-3, (0.9, BETA2), EPSILON,
                                              fused=True)
        else:
            self.optimizer = torch.optim.SGD(self.params.values(), 0.01, fused=True)

    def step(self, i, x, y):
        if self.is_checking:
            self.optimizer.param_groups[0]["eps"] = EPSILON / (1 - BETA2 ** (i + 1)) ** 0.5
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss_of(self.params, x, y)
        loss.backward()
        self.optimizer.step()
        return loss

    def checked(self):
        self.is_checking = False
        if self.is_adam:
            self.optimizer.param_groups[0]["eps"] = EPSILON


def step_advance(workload, trainer):
    x, y = workload.x, workload.y

    def advance(i):
        batch = i % len(x)
        return trainer.step(i, x[batch], y[batch])

    return advance


def turn_advance(workload, trainer):
    """W10: train one step, evaluate a test batch, predict it into the user's array."""
    x, y, test_x, test_y = workload.x, workload.y, workload.test_x, workload.test_y
    probabilities = torch.empty(32, 10)

    def advance(i):
        batch, test = i % len(x), i % len(test_x)
        trainer.step(i, x[batch], y[batch])
        with torch.inference_mode():
            scores = logits(trainer.params, test_x[test])
            loss = F.cross_entropy(scores, test_y[test]).item()
            accuracy = (scores.argmax(1) == test_y[test]).float().mean().item()
            torch.softmax(logits(trainer.params, test_x[test]), 1, out=probabilities)
        return loss, accuracy

    return advance


def main():
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    channel, workload = protocol.start(f"PyTorch {torch.__version__}",
                                      lambda batches: torch.from_numpy(batches).unbind())
    started = perf_counter()
    trainer = Trainer(workload, sys.argv[2] == "compile")
    talk = protocol.conversation(channel, started, on_checked=trainer.checked)
    if workload.name == "W10":
        protocol.drive(talk, turn_advance(workload, trainer), lambda result: [result[0]])
    else:
        protocol.drive(talk, step_advance(workload, trainer), lambda loss: [loss.item()])


if __name__ == "__main__":
    main()
