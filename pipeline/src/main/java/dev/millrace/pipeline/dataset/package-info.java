/** Examples in files: CSV, JSON lines and IDX images, plain or gzipped. */
@NullMarked
package dev.millrace.pipeline.dataset;

import org.jspecify.annotations.NullMarked;
