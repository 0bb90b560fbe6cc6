/** The published model: format, parts, checksums, provenance, reading. */
@NullMarked
package dev.millrace.model.snapshot;

import org.jspecify.annotations.NullMarked;
