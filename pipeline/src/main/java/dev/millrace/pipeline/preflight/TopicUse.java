package dev.millrace.pipeline.preflight;

import dev.millrace.pipeline.config.PublishConfig;
import dev.millrace.pipeline.config.TrainingConfig;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.jspecify.annotations.Nullable;

/**
 * A topic that the job needs.
 *
 * @param rights what the job does with it
 * @param largestRecord that the job writes to it, bytes; 0 for a topic it reads
 * @param compacted whether it must keep the newest record of each key for ever
 */
record TopicUse(String topic, List<AclOperation> rights, int largestRecord, boolean compacted) {
    /** Keys, headers and framing around the bytes that configuration bounds. */
    private static final int OVERHEAD = 16 << 10;

    private static final int REPORT_BYTES = 4 << 10;
    private static final List<AclOperation> READ = List.of(AclOperation.READ);
    private static final List<AclOperation> WRITE = List.of(AclOperation.WRITE);

    /** It reads what is there: its versions go on above that. */
    private static final List<AclOperation> ABOVE = List.of(AclOperation.WRITE, AclOperation.READ);

    static List<TopicUse> of(TrainingConfig config) {
        List<TopicUse> uses = new ArrayList<>();
        config.source().topics().forEach(topic -> uses.add(new TopicUse(topic, READ, 0, false)));
        PublishConfig publish = config.publish();
        addWritten(uses, publish.snapshotTopic(), publish.maxPartBytes() + OVERHEAD, false);
        String models = publish.modelTopic();
        if (models != null) uses.add(new TopicUse(models, ABOVE, OVERHEAD, true));
        addWritten(uses, publish.liveTopic(), publish.maxPartBytes() + OVERHEAD, true);
        addWritten(uses, config.report().topic(), REPORT_BYTES, false);
        String control = config.control().topic();
        if (control != null) uses.add(new TopicUse(control, READ, 0, false));
        addWritten(uses, config.deadLetter().topic(), config.deadLetter().maxValueBytes() + OVERHEAD, false);
        return uses;
    }

    private static void addWritten(List<TopicUse> uses, @Nullable String topic, int largest, boolean compacted) {
        if (topic != null) uses.add(new TopicUse(topic, WRITE, largest, compacted));
    }

    String subject() {
        return "topic " + topic;
    }

    /** The command that makes the topic. */
    String creation(String bootstrapServers) {
        return "kafka-topics.sh --bootstrap-server " + bootstrapServers + " --create --topic " + topic
                + (compacted ? " --config cleanup.policy=compact" : "");
    }
}
