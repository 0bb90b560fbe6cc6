package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.server.LiveOutlet;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The topic of live parameters: compacted, one set of parts and a manifest for each model, under keys that stay the same.
 *
 * @param kafka producer settings with {@code bootstrap.servers}
 * @param model its name
 * @param features how records become inputs; null for records that hold them ready
 * @param maxPartBytes largest part, bytes
 */
public record LiveTopic(
        Properties kafka,
        String topic,
        String model,
        @Nullable String features,
        int maxPartBytes) implements LiveOutlet.Factory {
    private static final long serialVersionUID = 1L;

    @Override
    public LiveOutlet open() {
        return new LiveTopicWriter(this);
    }
}
