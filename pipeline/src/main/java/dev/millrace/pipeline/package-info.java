/** The job: from labeled samples on Kafka topics to published models. */
@NullMarked
package dev.millrace.pipeline;

import org.jspecify.annotations.NullMarked;
