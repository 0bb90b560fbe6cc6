/** Everything in one process: embedded Kafka, mini cluster, live view. */
@NullMarked
package dev.millrace.pipeline.local;

import org.jspecify.annotations.NullMarked;
