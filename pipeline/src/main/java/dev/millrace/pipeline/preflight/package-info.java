/** What can be found out before a job starts: whether brokers, topics, rights and sizes fit its configuration. */
@NullMarked
package dev.millrace.pipeline.preflight;

import org.jspecify.annotations.NullMarked;
