#!/usr/bin/env python3
"""Predicts each line of its input, numbers separated by blanks, with the newest version in a directory of snapshots:

    python3 predict.py snapshots < rows.txt

Needs numpy alone. For models of dense layers; it reads any layout of them, and says so of anything else.
"""
import hashlib
import json
import pathlib
import sys

import numpy as np

ACTIVATIONS = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softmax": lambda z: np.exp(z - z.max(axis=1, keepdims=True)) / np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True),
}


def load(root):
    """The manifest of the newest version and its tensors by name, checked."""
    version = json.loads((root / "current.json").read_text())["version"]
    place = root / "versions" / str(version)
    manifest = json.loads((place / "manifest.json").read_text())
    if manifest["format"] != 1:
        raise SystemExit(f"snapshot format {manifest['format']} is unknown; this script reads 1")
    file = (place / "model.safetensors").read_bytes()
    begin = 8 + int.from_bytes(file[:8], "little")
    header, values = json.loads(file[8:begin]), file[begin:]
    if hashlib.sha256(values).hexdigest() != manifest["sha256"]:
        raise SystemExit(f"version {version} is damaged: its SHA-256 is not the announced one")
    header.pop("__metadata__", None)
    tensors = {}
    for name, tensor in header.items():
        first, last = tensor["data_offsets"]
        tensors[name] = np.frombuffer(values[first:last], "<f4").reshape(tensor["shape"])
    return manifest, tensors


def predict(manifest, tensors, rows):
    """Outputs after the last activation, [rows, outputs]."""
    for layer in json.loads(manifest["spec"])["layers"]:
        (kind, settings), = layer.items()
        if kind != "dense":
            raise SystemExit(f"this script knows dense layers alone. Received: {kind}")
        kernel, bias = tensors[settings["name"] + "/kernel"], tensors[settings["name"] + "/bias"]
        rows = ACTIVATIONS[settings["activation"]](rows @ kernel.T + bias)  # the kernel is [units, inputs]
    return rows


if __name__ == "__main__":
    manifest, tensors = load(pathlib.Path(sys.argv[1]))
    rows = np.array([line.split() for line in sys.stdin], dtype=np.float32)
    for outputs in predict(manifest, tensors, rows):
        print(manifest["version"], json.dumps([float(output) for output in outputs]))
