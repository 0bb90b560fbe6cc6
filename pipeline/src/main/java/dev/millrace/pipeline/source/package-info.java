/** Station 1: Kafka records become samples, or dead letters. */
@NullMarked
package dev.millrace.pipeline.source;

import org.jspecify.annotations.NullMarked;
