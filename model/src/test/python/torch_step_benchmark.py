"""One training step (forward, loss, backward, SGD) in PyTorch on one thread, in microseconds.

Usage: torch_step_benchmark.py MODEL BATCH SECONDS
Prints, of the best tenth of a second within SECONDS, the processor time of a step, its wall time, and then the BLAS that PyTorch uses. MODEL is
one of MODELS. Refuses to run on the reference BLAS, which Debian's python3-torch falls back to when no other is
installed: it is some 25 times slower, and a ratio to it would say nothing.
"""

import sys
import time

import torch

MODELS = {
    "784-10": ([784, 10], "softmax"),
    "784-128-10": ([784, 128, 10], "softmax"),
    "784-512-256-10": ([784, 512, 256, 10], "softmax"),
    "32-64-32-1": ([32, 64, 32, 1], "sigmoid"),
    "cnn-28x28x1": ([28 * 28, 10], "softmax"),  # inputs and outputs; the layers are those of convolutions()
}
SLICE = 0.1


def blas():
    with open("/proc/self/maps") as maps:
        libraries = sorted({line.split()[-1] for line in maps if "blas" in line or "mkl" in line})
    if not any("openblas" in library or "mkl" in library for library in libraries):
        sys.exit(f"PyTorch must run on OpenBLAS or MKL (Debian: libopenblas0-pthread). Received: {libraries}")
    return libraries[0]


def convolutions():
    return [
        torch.nn.Unflatten(1, (1, 28, 28)),
        torch.nn.Conv2d(1, 16, 3),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(16, 32, 3),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(800, 64),
        torch.nn.ReLU(),
        torch.nn.Linear(64, 10),
    ]


def perceptron(widths):
    layers = []
    for i, (inputs, units) in enumerate(zip(widths, widths[1:])):
        layers.append(torch.nn.Linear(inputs, units))
        if i < len(widths) - 2:
            layers.append(torch.nn.ReLU())
    return layers


def main():
    name, batch, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    library = blas()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    widths, last = MODELS[name]
    model = torch.nn.Sequential(*(convolutions() if name.startswith("cnn") else perceptron(widths)))
    x = torch.rand(batch, widths[0])
    if last == "softmax":
        y = torch.randint(0, widths[-1], (batch,))
        loss_of = torch.nn.CrossEntropyLoss()
    else:
        y = torch.randint(0, 2, (batch, 1)).float()
        loss_of = torch.nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()

    warm_until = time.perf_counter() + min(1.0, seconds / 3)
    while time.perf_counter() < warm_until:
        step()
    best_cpu = best_wall = float("inf")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        cpu, wall, steps = time.thread_time(), time.perf_counter(), 0
        while time.perf_counter() - wall < SLICE:
            step()
            steps += 1
        best_cpu = min(best_cpu, (time.thread_time() - cpu) / steps)
        best_wall = min(best_wall, (time.perf_counter() - wall) / steps)
    print(best_cpu * 1e6, best_wall * 1e6, library)


main()
