"""The peer of the engine benchmark: reads "WIDTHS BATCH" lines, answers with the best microseconds per step.

A step is forward, loss, backward and SGD(0.01) on one thread; means of 5 ms runs over 150 ms, the best counts.
"""
import sys
import time

import torch

torch.set_num_threads(1)
cases = {}


def make(widths, batch):
    torch.manual_seed(1)
    layers = []
    for i in range(len(widths) - 1):
        layers.append(torch.nn.Linear(widths[i], widths[i + 1]))
        if i < len(widths) - 2:
            layers.append(torch.nn.ReLU())
    net = torch.nn.Sequential(*layers)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    x = torch.rand(batch, widths[0])
    if widths[-1] == 1:
        y = torch.randint(0, 2, (batch, 1)).float()
        loss_of = torch.nn.BCEWithLogitsLoss()
    else:
        y = torch.randint(0, widths[-1], (batch,))
        loss_of = torch.nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad()
        loss_of(net(x), y).backward()
        optimizer.step()

    return step


def best(step):
    least = float("inf")
    end = time.perf_counter() + 0.15
    while True:
        begin = time.perf_counter()
        count = 0
        while True:
            step()
            count += 1
            now = time.perf_counter()
            if now - begin >= 0.005:
                break
        least = min(least, (now - begin) * 1e6 / count)
        if now > end:
            return least


for line in sys.stdin:
    if line not in cases:
        name, batch = line.split()
        cases[line] = make([int(w) for w in name.split("-")], int(batch))
        best(cases[line])
    print(best(cases[line]), flush=True)
