package dev.millrace.pipeline.publish;

/** A Kafka record on its way to the snapshot sink. Crosses Flink edges as a POJO. */
public record OutgoingRecord(String topic, byte[] key, byte[] value) {}
