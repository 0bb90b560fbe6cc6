/** How what crosses Flink edges and rests in state is written: bulk copies, versioned. */
@NullMarked
package dev.millrace.pipeline.serializer;

import org.jspecify.annotations.NullMarked;
