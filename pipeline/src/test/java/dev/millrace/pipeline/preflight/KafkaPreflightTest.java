package dev.millrace.pipeline.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.preflight.Finding.Severity;
import dev.millrace.schemas.wire.SampleEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KafkaPreflightTest {
    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startBroker() {
        kafka = EmbeddedKafka.startTemporary();
        kafka.createTopic("samples", 2, Map.of());
        kafka.createTopic("snapshots", 1, Map.of());
        kafka.createTopic("small", 1, Map.of("max.message.bytes", "10000"));
        kafka.createTopic("models", 1, Map.of("cleanup.policy", "compact"));
        kafka.createTopic("live", 1, Map.of("cleanup.policy", "compact"));
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    private static ConfigLoader config() {
        return ConfigLoader.withoutFile()
                .override("model.name", "digits")
                .override("model.inputs", 3)
                .override("model.layers", List.of(Map.of("dense", Map.of("units", 1))))
                .override("model.loss", "mean_squared_error")
                .override("kafka.bootstrap.servers", kafka.bootstrapServers())
                .override("source.topics", "samples")
                .override("publish.snapshot-topic", "snapshots")
                .override("publish.model-topic", "models");
    }

    private static List<Finding> run(ConfigLoader config) {
        return KafkaPreflight.run(config.load(), Duration.ofSeconds(20));
    }

    @Test
    void aJobThatFitsItsBrokersHasNothingToComplainOf() {
        List<Finding> findings = run(config());

        assertThat(findings).extracting(Finding::severity).containsOnly(Severity.OK);
        assertThat(findings)
                .extracting(Finding::subject)
                .containsExactly(
                        "brokers at " + kafka.bootstrapServers(),
                        "topic samples",
                        "topic snapshots",
                        "topic models",
                        "group millrace-digits");
    }

    @Test
    void aMissingTopicComesWithTheCommandThatMakesIt() {
        List<Finding> findings = run(config().override("publish.model-topic", "missing"));

        assertThat(findings)
                .filteredOn(finding -> finding.severity() == Severity.ERROR)
                .singleElement()
                .satisfies(finding -> assertThat(finding.text())
                        .contains("--create --topic missing --config cleanup.policy=compact"));
    }

    @Test
    void aPartThatTheTopicWouldRefuseIsFoundBeforeTheJobRuns() {
        List<Finding> findings = run(config().override("publish.snapshot-topic", "small"));

        assertThat(findings)
                .contains(Finding.error(
                        "topic small",
                        "records of up to 540672 bytes do not fit max.message.bytes=10000; raise it, or lower"
                                + " publish.max-part-bytes or dead-letter.max-value-bytes"));
    }

    @Test
    void aPartThatTheProducerWouldRefuseIsFoundToo() {
        List<Finding> findings = run(config().override("kafka.sink.properties.max.request.size", 1000));

        assertThat(findings)
                .filteredOn(finding -> finding.severity() == Severity.ERROR)
                .extracting(Finding::text)
                .allSatisfy(text -> assertThat(text).contains("max.request.size=1000"))
                .hasSize(2);
    }

    @Test
    void whatWorksButNotWellIsAWarning() {
        List<Finding> findings = run(config().override("publish.model-topic", "small")
                .override("training.workers", 3)
                .override("publish.max-part-bytes", "1 kb"));

        assertThat(findings)
                .filteredOn(finding -> finding.severity() == Severity.WARNING)
                .extracting(Finding::subject)
                .containsExactly("topic small", "training.workers");
    }

    @Test
    void theTopicOfLiveParametersIsLookedAtLikeTheOthers() {
        List<Finding> fitting = run(config().override("publish.live.topic", "live"));
        List<Finding> small = run(config().override("publish.live.topic", "small"));
        List<Finding> missing = run(config().override("publish.live.topic", "missing"));

        assertThat(fitting).extracting(Finding::severity).containsOnly(Severity.OK);
        assertThat(small)
                .filteredOn(finding -> finding.subject().equals("topic small"))
                .extracting(Finding::severity)
                .contains(Severity.ERROR, Severity.WARNING); // too large for it, and not compacted
        assertThat(missing)
                .filteredOn(finding -> finding.severity() == Severity.ERROR)
                .singleElement()
                .satisfies(finding -> assertThat(finding.text())
                        .contains("--create --topic missing --config cleanup.policy=compact"));
    }

    @Test
    void aClientThatCannotBeMadeIsExplained() {
        List<Finding> findings = run(config().override("kafka.properties.security.protocol", "SECRET"));

        assertThat(findings)
                .singleElement()
                .satisfies(finding -> assertThat(finding.text()).contains("security.protocol"));
    }

    @Test
    void samplesAreReadAsTheJobWould() throws Exception {
        kafka.createTopic("mixed", 1, Map.of());
        SampleEncoder encoder = new SampleEncoder(WireFormat.RAW, 0);
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int features : new int[] {3, 2, 3}) {
                byte[] value = encoder.encode(null, 1, 1f, new float[features], features, new float[] {1}, 1);
                producer.send(new ProducerRecord<>("mixed", value)).get();
            }
        }

        List<Finding> mixed = samples(config().override("source.topics", "mixed"), 1000);
        List<Finding> newest = samples(config().override("source.topics", "mixed"), 1);
        List<Finding> none = samples(config(), 1000);

        assertThat(mixed).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.text())
                    .contains("1 of the newest 3 would be refused {WRONG_FEATURES=1}; partition-offset 0-1");
        });
        assertThat(newest).containsExactly(Finding.ok("samples in mixed", "the newest 1 fit the model"));
        assertThat(none).containsExactly(Finding.ok("samples in samples", "none yet"));
    }

    private static List<Finding> samples(ConfigLoader config, int records) {
        return SamplePreflight.run(config.load(), records, Duration.ofSeconds(20));
    }
}
