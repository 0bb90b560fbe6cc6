/** Station 5: what leaves the job: snapshots, reports, dead letters. */
@NullMarked
package dev.millrace.pipeline.publish;

import org.jspecify.annotations.NullMarked;
