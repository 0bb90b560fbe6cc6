/** The names, units and descriptions of the job's metrics. */
@NullMarked
package dev.millrace.pipeline.metrics;

import org.jspecify.annotations.NullMarked;
