/** Letters of the dead-letter topic: what they say, which are open, and sending them back. */
@NullMarked
package dev.millrace.pipeline.deadletter;

import org.jspecify.annotations.NullMarked;
