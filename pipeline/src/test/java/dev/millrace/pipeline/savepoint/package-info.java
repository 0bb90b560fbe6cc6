/** Savepoints of whole jobs: those of every release are restored for ever. */
@NullMarked
package dev.millrace.pipeline.savepoint;

import org.jspecify.annotations.NullMarked;
