/** A real Flink cluster: JobManager and TaskManager are processes, the job is submitted as "flink run" does it. */
@NullMarked
package dev.millrace.pipeline.cluster;

import org.jspecify.annotations.NullMarked;
