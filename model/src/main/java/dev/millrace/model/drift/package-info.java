/** Whether the loss has risen for good: the stream has changed and what was learned is out of date. */
@NullMarked
package dev.millrace.model.drift;

import org.jspecify.annotations.NullMarked;
