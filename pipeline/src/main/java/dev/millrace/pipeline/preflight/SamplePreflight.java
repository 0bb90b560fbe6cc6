package dev.millrace.pipeline.preflight;

import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.registry.RegistryException;
import dev.millrace.pipeline.source.SampleCheck;
import dev.millrace.schemas.wire.Rejection;
import dev.millrace.schemas.wire.RejectionReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;

/** Reads the newest records of the sample topics as the job would: do they decode, and do they fit the model? */
public final class SamplePreflight {
    private final TrainingConfig config;
    private final Duration timeout;
    private final SampleCheck check;
    private final Map<RejectionReason, Integer> refused = new EnumMap<>(RejectionReason.class);
    private int read;
    private String example = "";

    private SamplePreflight(TrainingConfig config, Duration timeout) {
        this.config = config;
        this.timeout = timeout;
        this.check = SampleCheck.of(config);
    }

    /**
     * @param records how many to read of each partition, the newest
     * @param timeout after which what has come is judged
     * @return one finding per topic
     */
    public static List<Finding> run(TrainingConfig config, int records, Duration timeout) {
        List<Finding> findings = new ArrayList<>();
        for (String topic : config.source().topics()) {
            String subject = "samples in " + topic;
            try {
                findings.add(new SamplePreflight(config, timeout).look(subject, topic, records));
            } catch (KafkaException e) {
                findings.add(Finding.error(subject, KafkaFailure.explain(e)));
            } catch (IllegalArgumentException | RegistryException e) { // the schema directory, the registry
                findings.add(Finding.error(subject, String.valueOf(e.getMessage())));
            }
        }
        return findings;
    }

    private Finding look(String subject, String topic, int records) {
        new NewestRecords(config.kafka().source(), timeout).read(topic, records, this::judge);
        return judgement(subject);
    }

    private void judge(ConsumerRecord<byte[], byte[]> record) {
        Rejection rejection = check.check(record.value(), record.timestamp());
        if (rejection != null && rejection.reason() == RejectionReason.TOMBSTONE) return;
        read++;
        if (rejection == null) return;
        if (refused.isEmpty()) {
            example =
                    record.partition() + "-" + record.offset() + ": " + rejection.reason() + ", " + rejection.detail();
        }
        refused.merge(rejection.reason(), 1, Integer::sum);
    }

    private Finding judgement(String subject) {
        if (read == 0) return Finding.ok(subject, "none yet");
        if (refused.isEmpty()) return Finding.ok(subject, "the newest " + read + " fit the model");
        int bad = refused.values().stream().mapToInt(Integer::intValue).sum();
        String text = bad + " of the newest " + read + " would be refused " + refused + "; partition-offset " + example;
        return bad == read ? Finding.error(subject, text) : Finding.warning(subject, text);
    }
}
