/** Float32 outside the Java heap: blocks, products, loops. */
@NullMarked
package dev.millrace.model.memory;

import org.jspecify.annotations.NullMarked;
