/** Examples in files: CSV, JSON lines and IDX images, plain or gzipped; and Avro records. */
@NullMarked
package dev.millrace.pipeline.dataset;

import org.jspecify.annotations.NullMarked;
