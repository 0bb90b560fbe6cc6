/** Published files from the side that reads them, wherever Flink has a file system for. */
@NullMarked
package dev.millrace.pipeline.files;

import org.jspecify.annotations.NullMarked;
