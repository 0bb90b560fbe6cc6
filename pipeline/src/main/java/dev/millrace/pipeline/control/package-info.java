/** Commands for a running job: what they are, how they travel, and the station that reads them. */
@NullMarked
package dev.millrace.pipeline.control;

import org.jspecify.annotations.NullMarked;
