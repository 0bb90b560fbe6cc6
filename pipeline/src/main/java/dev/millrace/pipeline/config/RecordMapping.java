package dev.millrace.pipeline.config;

import dev.millrace.model.feature.FeatureMapping;
import java.io.Serializable;

/**
 * How records of a user's schema become samples; travels to the task managers as text.
 *
 * @param features the mapping as JSON
 * @param schema the user's whole schema as JSON: what records without a header were written with
 */
public record RecordMapping(String features, String schema) implements Serializable {

    /** The mapping, ready to use. */
    public FeatureMapping mapping() {
        return FeatureMapping.fromJson(features);
    }
}
