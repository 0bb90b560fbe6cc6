#!/usr/bin/python3
"""Expected numbers for OptimizerStepsTest, in float64 and without any code of this project.

    /usr/bin/python3 model/src/test/python/optimizers.py > model/src/test/resources/optimizers/steps.csv

PyTorch 1.13 computes the cases where its formula is Keras' (sgd, momentum and nesterov at a constant rate, adam and adamw
with an epsilon too small to matter: PyTorch adds it after the bias correction, Keras before); numpy the others from the
formulas in Keras' documentation and the papers.
Columns: case, step, index, gradient, parameter after the step; step 0 has the initial parameters.
"""
import math

import numpy as np
import torch

INITIAL = np.array([1.0, -2.0, 0.5, 0.0, 3.0])
RATE = 0.1
STEPS = 5


def gradient(step):
    i = np.arange(len(INITIAL))
    return np.round(np.sin(1.3 * step + i) * 10.0 ** (i - 2), 6)


def with_torch(make):
    parameter = torch.tensor(INITIAL, dtype=torch.float64, requires_grad=True)
    optimizer = make([parameter])

    def step(t, theta, g):
        parameter.grad = torch.tensor(g)
        optimizer.step()
        return parameter.detach().numpy().copy()

    return step


def plain(t, theta, g):
    return theta - RATE * g


def keras_adam(beta_1, beta_2, epsilon, weight_decay):
    m = np.zeros_like(INITIAL)
    v = np.zeros_like(INITIAL)

    def step(t, theta, g):
        nonlocal m, v
        theta = theta - RATE * weight_decay * theta
        m = m + (g - m) * (1 - beta_1)
        v = v + (g * g - v) * (1 - beta_2)
        alpha = RATE * math.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        return theta - alpha * m / (np.sqrt(v) + epsilon)

    return step


def keras_adagrad(initial, epsilon):
    n = np.full_like(INITIAL, initial)

    def step(t, theta, g):
        nonlocal n
        n = n + g * g
        return theta - RATE * g / np.sqrt(n + epsilon)

    return step


def keras_rmsprop(rho, epsilon):
    v = np.zeros_like(INITIAL)

    def step(t, theta, g):
        nonlocal v
        v = rho * v + (1 - rho) * g * g
        return theta - RATE * g / np.sqrt(v + epsilon)

    return step


def ftrl(initial, beta, l1, l2_strength):
    """Algorithm 1 of McMahan et al. 2013, one parameter at a time."""
    n = [initial] * len(INITIAL)
    z = [0.0] * len(INITIAL)

    def step(t, theta, g):
        out = []
        for i, (weight, slope) in enumerate(zip(theta, g)):
            sigma = (math.sqrt(n[i] + slope * slope) - math.sqrt(n[i])) / RATE
            z[i] += slope - sigma * weight
            n[i] += slope * slope
            if abs(z[i]) <= l1:
                out.append(0.0)
            else:
                shrunk = z[i] - math.copysign(l1, z[i])
                out.append(-shrunk / ((beta + math.sqrt(n[i])) / RATE + l2_strength))
        return np.array(out)

    return step


def clipped_by_norm(bound, then):
    return lambda t, theta, g: then(t, theta, g * bound / max(bound, math.sqrt(float(np.sum(g * g)))))


def clipped_by_value(bound, then):
    return lambda t, theta, g: then(t, theta, np.clip(g, -bound, bound))


def l2(decay, then):
    return lambda t, theta, g: then(t, theta, g + decay * theta)


CASES = {
    "sgd": with_torch(lambda p: torch.optim.SGD(p, RATE)),
    "momentum": with_torch(lambda p: torch.optim.SGD(p, RATE, momentum=0.9)),
    "nesterov": with_torch(lambda p: torch.optim.SGD(p, RATE, momentum=0.8, nesterov=True)),
    "adam": keras_adam(0.9, 0.999, 1e-7, 0.0),
    "adam_betas": keras_adam(0.5, 0.9, 0.01, 0.0),
    "adam_torch": with_torch(lambda p: torch.optim.Adam(p, RATE, eps=1e-30)),
    "adamw": keras_adam(0.9, 0.999, 1e-7, 0.004),
    "adamw_torch": with_torch(lambda p: torch.optim.AdamW(p, RATE, eps=1e-30, weight_decay=0.3)),
    "adagrad": keras_adagrad(0.1, 1e-7),
    "adagrad_torch": with_torch(lambda p: torch.optim.Adagrad(p, RATE, initial_accumulator_value=0.5, eps=1e-30)),
    "rmsprop": keras_rmsprop(0.9, 1e-7),
    "rmsprop_torch": with_torch(lambda p: torch.optim.RMSprop(p, RATE, alpha=0.5, eps=1e-30)),
    "ftrl": ftrl(0.1, 1.0, 0.0, 0.0),
    "ftrl_l1_l2": ftrl(0.5, 0.0, 0.3, 2.0),
    "sgd_l2": with_torch(lambda p: torch.optim.SGD(p, RATE, weight_decay=0.05)),
    "sgd_clip_norm": clipped_by_norm(2.0, plain),
    "sgd_clip_value": clipped_by_value(0.05, plain),
    "sgd_clip_both_l2": clipped_by_norm(20.0, clipped_by_value(0.5, l2(0.05, plain))),
}

print("case,step,index,gradient,parameter")
for name, update in CASES.items():
    theta = INITIAL.copy()
    for i, value in enumerate(theta):
        print(f"{name},0,{i},0,{value!r}")
    for t in range(1, STEPS + 1):
        g = gradient(t)
        theta = update(t, theta, g)
        for i in range(len(theta)):
            print(f"{name},{t},{i},{float(g[i])!r},{float(theta[i])!r}")
