/** Versions published on Kafka: their keys, reading them, following them. Needs {@code kafka-clients} on the class path. */
@NullMarked
package dev.millrace.model.client.kafka;

import org.jspecify.annotations.NullMarked;
