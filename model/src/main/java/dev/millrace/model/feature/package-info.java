/** Feature mapping: records of a user's own Avro schema become the inputs and labels of a model. */
@NullMarked
package dev.millrace.model.feature;

import org.jspecify.annotations.NullMarked;
