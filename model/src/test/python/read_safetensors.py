#!/usr/bin/python3
"""Reads a safetensors file with nothing but struct and json, and prints {name: {"shape": [...], "values": [...]}}.

Written from the format's description, https://github.com/huggingface/safetensors#format, for SafetensorsPythonTest.
"""
import json
import math
import struct
import sys

with open(sys.argv[1], "rb") as file:
    content = file.read()
(length,) = struct.unpack_from("<Q", content)
assert length <= 100_000_000, "header too large"
header = json.loads(content[8 : 8 + length].decode("utf-8"))
assert content[8:9] == b"{", "the header must begin with {"
metadata = header.pop("__metadata__", {})
assert all(isinstance(value, str) for value in metadata.values()), "metadata must map text to text"
data = content[8 + length :]
tensors = {}
covered = 0
for name, tensor in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
    begin, end = tensor["data_offsets"]
    count = math.prod(tensor["shape"])
    assert tensor["dtype"] == "F32" and begin == covered and end - begin == 4 * count, (name, tensor)
    covered = end
    tensors[name] = {"shape": tensor["shape"], "values": list(struct.unpack_from(f"<{count}f", data, begin))}
assert covered == len(data), (covered, len(data))
json.dump({"metadata": metadata, "tensors": tensors}, sys.stdout)
