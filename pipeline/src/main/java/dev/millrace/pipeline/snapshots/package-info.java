/** Published snapshots from the side that reads them: a directory, or the topics. */
@NullMarked
package dev.millrace.pipeline.snapshots;

import org.jspecify.annotations.NullMarked;
