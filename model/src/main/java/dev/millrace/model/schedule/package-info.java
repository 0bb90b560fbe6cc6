/** Learning rates over the steps. */
@NullMarked
package dev.millrace.model.schedule;

import org.jspecify.annotations.NullMarked;
