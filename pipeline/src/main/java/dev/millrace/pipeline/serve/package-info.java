/** The HTTP server of {@code millrace serve}: published versions, predictions, health and metrics. */
@NullMarked
package dev.millrace.pipeline.serve;

import org.jspecify.annotations.NullMarked;
