/** Which engine each worker gets, and which device of its TaskManager. */
@NullMarked
package dev.millrace.pipeline.device;

import org.jspecify.annotations.NullMarked;
