"""What PyTorch makes of the models and batches of the rates in check.sh, on the first CUDA device.

A step copies a batch from page-locked memory, computes loss and gradient and applies SGD, as a training loop does. Prints
lines of model, batch, loop, samples per second; loops are eager-float32, eager-tf32, eager-bfloat16 (autocast) and graph-...
(the step captured as a CUDA graph). Medians of synchronized steps, after warming up.

Usage: torch_loop.py SECONDS_PER_CELL
"""

import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional

BATCHES = (256, 1024, 4096, 16384, 65536)
PRECISIONS = ("float32", "tf32", "bfloat16")
DEVICE = torch.device("cuda", 0)


def dense(inputs, outputs, *hidden):
    layers = []
    for units in hidden:
        layers += [nn.Linear(inputs, units), nn.ReLU()]
        inputs = units
    return nn.Sequential(*layers, nn.Linear(inputs, outputs))


def cnn():
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 64), nn.ReLU(), nn.Linear(64, 10),
    )


class ClickThrough(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(13, 1)
        self.table = nn.EmbeddingBag(1 << 21, 1, mode="sum", sparse=True)

    def forward(self, features):
        numbers, ids = features[:, :13], features[:, 13:].long()
        return self.dense(numbers) + self.table(ids)


MODELS = {
    "784-512-256-10": (lambda: dense(784, 10, 512, 256), 784, 10),
    "4096-4096-4096-1000": (lambda: dense(4096, 1000, 4096, 4096), 4096, 1000),
    "cnn": (cnn, 784, 10),
    "click-through": (ClickThrough, 39, 1),
}


def batch_of(name, inputs, classes, rows):
    features = torch.rand(rows, inputs) * 2 - 1
    if name == "click-through":
        features[:, 13:] = torch.randint(0, 1 << 21, (rows, 26)).float()
        labels = torch.randint(0, 2, (rows, 1)).float()
    else:
        labels = torch.randint(0, classes, (rows,))
    return features.pin_memory(), labels.pin_memory()


def loss_of(name, outputs, labels):
    if name == "click-through":
        return functional.binary_cross_entropy_with_logits(outputs.float(), labels)
    return functional.cross_entropy(outputs.float(), labels)


def step_of(name, rows, precision, graph):
    make, inputs, classes = MODELS[name]
    tf32 = precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    model = make().to(DEVICE)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    host_features, host_labels = batch_of(name, inputs, classes, rows)
    features, labels = host_features.to(DEVICE), host_labels.to(DEVICE)

    def compute():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", torch.bfloat16, enabled=precision == "bfloat16", cache_enabled=not graph):
            outputs = model(features)
        loss_of(name, outputs, labels).backward()
        optimizer.step()

    def load():
        features.copy_(host_features, non_blocking=True)
        labels.copy_(host_labels, non_blocking=True)

    run = compute
    if graph:
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                compute()
        torch.cuda.current_stream().wait_stream(side)
        captured = torch.cuda.CUDAGraph()
        with torch.cuda.graph(captured):
            compute()
        run = captured.replay

    def step():
        load()
        run()
        torch.cuda.synchronize()

    return step


def median_of(step, seconds):
    began = time.perf_counter()
    warm = 0
    while warm < 3 or time.perf_counter() - began < min(0.2, seconds):
        step()
        warm += 1
    times = []
    began = time.perf_counter()
    while len(times) < 5 or (time.perf_counter() - began < seconds and len(times) < 20000):
        before = time.perf_counter()
        step()
        times.append(time.perf_counter() - before)
    return statistics.median(times)


def main():
    seconds = float(sys.argv[1])
    print(f"# torch {torch.__version__}, {torch.cuda.get_device_name(DEVICE)}", file=sys.stderr)
    for name in MODELS:
        for rows in BATCHES:
            for precision in PRECISIONS:
                for graph in (False, True):
                    if graph and name == "click-through":
                        continue  # sparse gradients cannot be captured
                    loop = ("graph-" if graph else "eager-") + precision
                    try:
                        rate = rows / median_of(step_of(name, rows, precision, graph), seconds)
                    except (RuntimeError, torch.cuda.OutOfMemoryError) as error:
                        print(f"# {name} {rows} {loop}: {error}", file=sys.stderr)
                        torch.cuda.empty_cache()
                        continue
                    print(name, rows, loop, rate, flush=True)


if __name__ == "__main__":
    main()
