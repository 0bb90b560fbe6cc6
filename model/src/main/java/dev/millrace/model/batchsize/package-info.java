/** How large the next global batch is. */
@NullMarked
package dev.millrace.model.batchsize;

import org.jspecify.annotations.NullMarked;
