#!/usr/bin/python3
"""Writes a snapshot of format 1 as files, with struct, json and hashlib alone.

    /usr/bin/python3 model/src/test/python/golden_snapshot.py model/src/test/resources/snapshots/format-1

The files are kept for ever: every later release must read them (GoldenSnapshotTest). Never write into an existing format's
directory again; a new format gets a new one.
"""
import hashlib
import json
import pathlib
import struct
import sys

root = pathlib.Path(sys.argv[1])
version = root / "versions" / "7"
(version / "parts").mkdir(parents=True)

tensors = {"hidden/kernel": [2, 3], "hidden/bias": [2], "out/kernel": [1, 2], "out/bias": [1]}
values = [0.5, -1.25, 3.0, 1e-30, -0.0, 65504.0, 0.1, -0.2, 7.0, -8.0, 3.4e38]
data = struct.pack("<11f", *values)

header = {"__metadata__": {"model": "golden", "version": "7"}}
offset = 0
for name, shape in tensors.items():
    count = shape[0] * (shape[1] if len(shape) > 1 else 1)
    header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [4 * offset, 4 * (offset + count)]}
    offset += count
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
(version / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)

parts = [data[i : i + 16] for i in range(0, len(data), 16)]
for i, part in enumerate(parts):
    (version / "parts" / f"{i}.bin").write_bytes(part)
spec = {
    "name": "golden",
    "inputs": 3,
    "layers": [
        {"dense": {"name": "hidden", "units": 2, "activation": "relu"}},
        {"dense": {"name": "out", "units": 1, "activation": "sigmoid"}},
    ],
    "loss": "binary_crossentropy",
}
manifest = {
    "format": 1,
    "model": "golden",
    "version": 7,
    "created": 1700000000000,
    "spec": json.dumps(spec),
    "dtype": "F32",
    "parameters": len(values),
    "parts": [{"size": len(part), "sha256": hashlib.sha256(part).hexdigest()} for part in parts],
    "sha256": hashlib.sha256(data).hexdigest(),
    "provenance": {"samples": "1234", "steps": "56"},
}
(version / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
(root / "current.json").write_text(json.dumps({"model": "golden", "version": 7}) + "\n")
