"""The peer of the click-through benchmark: confluent-kafka and scikit-learn's SGDClassifier.partial_fit.

Usage: sklearn_hashed_loop.py BOOTSTRAP TOPIC BUCKETS BATCH
Reads the topic once and prints samples per second, the first tenth left out.
A record is one line of tab-separated text, which costs Python less to take apart than Avro: the label, 13 counts, 26
categories; what is missing is empty. FeatureHasher hashes name=value with MurmurHash3, as the job does.
"""
import sys
import time

import numpy
from confluent_kafka import Consumer, TopicPartition
from scipy import sparse
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import SGDClassifier

bootstrap, topic, buckets, batch = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
counts, categories = 13, 26
names = [f"c{i + 1}=" for i in range(categories)]
hasher = FeatureHasher(buckets, input_type="string", alternate_sign=False, dtype=numpy.float32)
model = SGDClassifier(loss="log_loss", penalty=None, learning_rate="constant", eta0=0.05)

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
done = 0
start = None
counted = 0
while done < total:
    messages = consumer.consume(batch, 1.0)
    if not messages:
        continue
    rows = [m.value().decode().split("\t") for m in messages]
    dense = numpy.array([[c or 0 for c in r[1:1 + counts]] for r in rows], dtype=numpy.float32)
    hashed = hasher.transform([[n + v for n, v in zip(names, r[1 + counts:])] for r in rows])
    x = sparse.hstack([sparse.csr_matrix(numpy.log1p(dense)), hashed], format="csr")
    y = numpy.array([r[0] == "1" for r in rows], dtype=int)
    model.partial_fit(x, y, classes=[0, 1])
    done += len(rows)
    if start is None and done >= total // 10:
        start = time.perf_counter()
        counted = done
print((done - counted) / (time.perf_counter() - start))
