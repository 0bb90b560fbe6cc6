/** Which engine and which device a worker gets, without a device at hand. */
@NullMarked
package dev.millrace.pipeline.device;

import org.jspecify.annotations.NullMarked;
