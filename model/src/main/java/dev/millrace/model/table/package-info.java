/** Tables of many rows of which a step touches few: embeddings, and weights of hashed features. */
@NullMarked
package dev.millrace.model.table;

import org.jspecify.annotations.NullMarked;
