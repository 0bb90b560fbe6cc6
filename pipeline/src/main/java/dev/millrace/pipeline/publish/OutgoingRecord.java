package dev.millrace.pipeline.publish;

/**
 * A Kafka record on its way to the snapshot sink. Crosses Flink edges as a POJO.
 *
 * @param model whose it is: its name says the partition
 */
public record OutgoingRecord(String topic, String model, byte[] key, byte[] value) {}
