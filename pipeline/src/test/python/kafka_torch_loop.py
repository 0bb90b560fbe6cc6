"""The peer of the job benchmark: confluent-kafka and PyTorch, one numpy.frombuffer per mini-batch.

Usage: kafka_torch_loop.py BOOTSTRAP TOPIC FEATURES MODEL BATCH
Reads the topic once and prints samples per second, the first tenth left out.
The records are fixed-size Avro: no id, an event time of 6 bytes, a float weight, the length, the packed features,
three empty fields, one label.
"""
import sys
import time

import numpy
import torch
from confluent_kafka import Consumer, TopicPartition

bootstrap, topic, features, model, batch = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5])
torch.set_num_threads(1)
widths = [int(w) for w in model.split("-")]
layers = []
for i in range(len(widths) - 1):
    layers.append(torch.nn.Linear(widths[i], widths[i + 1]))
    if i < len(widths) - 2:
        layers.append(torch.nn.ReLU())
net = torch.nn.Sequential(*layers)
binary = widths[-1] == 1
loss_of = torch.nn.BCEWithLogitsLoss() if binary else torch.nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)

consumer = Consumer({
    "bootstrap.servers": bootstrap,
    "group.id": "peer",
    "enable.auto.commit": False,
    "auto.offset.reset": "earliest",
    "fetch.message.max.bytes": 8 << 20,
    "queued.min.messages": 200000,
})
low, high = consumer.get_watermark_offsets(TopicPartition(topic, 0))
consumer.assign([TopicPartition(topic, 0, low)])
total = high - low
tail = 3 + 1 + 4 + 1  # three empty fields, one label between its count and the end
done = 0
start = None
counted = 0
while done < total:
    messages = consumer.consume(batch, 1.0)
    if not messages:
        continue
    values = [m.value() for m in messages]
    size = len(values[0])
    rows = numpy.frombuffer(b"".join(values), dtype=numpy.uint8).reshape(len(values), size)
    at = size - tail - 4 * features
    x = torch.from_numpy(numpy.ascontiguousarray(rows[:, at:at + 4 * features]).view("<f4"))
    y = torch.from_numpy(numpy.ascontiguousarray(rows[:, size - 5:size - 1]).view("<f4"))
    optimizer.zero_grad()
    z = net(x)
    loss = loss_of(z, y) if binary else loss_of(z, y[:, 0].long())
    loss.backward()
    optimizer.step()
    loss.item()
    done += len(values)
    if start is None and done >= total // 10:
        start = time.perf_counter()
        counted = done
print((done - counted) / (time.perf_counter() - start))
