package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.RecordMapper;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.produce.ImpressionStream;
import dev.millrace.pipeline.produce.SampleProducer;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example of two million rows on generated impressions, as many as {@code -Dmillrace.impressions} says, and how well it ranks
 * those that come next beside the generator's own probabilities.
 */
@Timeout(1800)
class ClickThroughTest {
    private static final int TRAINED = Integer.getInteger("millrace.impressions", 150_000);
    private static final int JUDGED = 50_000;
    private static final int CHUNK = 500;

    private final ImpressionStream impressions = new ImpressionStream(11, WireFormat.RAW, 0);

    private static TrainingConfig config(EmbeddedKafka kafka, Path directory) {
        return ConfigLoader.of(Path.of("..", "deploy", "examples", "click-through.yaml"))
                .overrides(List.of(
                        "source.bounded=true",
                        "checkpoint.directory="
                                + directory.resolve("checkpoints").toUri(),
                        "publish.directory=" + directory.resolve("published")))
                .override("kafka.bootstrap.servers", kafka.bootstrapServers())
                .load();
    }

    @Test
    void rowsByTheMillionAreLearntToRankWhatComesNext(@TempDir Path directory) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            kafka.createTopic("impressions", 1, Map.of());
            kafka.createTopic("reports", 1, Map.of());
            Properties properties = new Properties();
            properties.put("bootstrap.servers", kafka.bootstrapServers());
            try (SampleProducer producer = SampleProducer.open(properties, "impressions")) {
                producer.send(impressions, 0, TRAINED, () -> true, sent -> {});
            }
            long begin = System.nanoTime();
            TrainingJob.run(config(kafka, directory));
            System.out.printf("%,d impressions in %.1f s%n", TRAINED, (System.nanoTime() - begin) / 1e9);
        }

        Snapshot snapshot = new SnapshotDirectory(directory.resolve("published")).load();
        assertThat(snapshot.manifest().provenance()).containsEntry("samples", Integer.toString(TRAINED));
        assertThat(snapshot.parameters()).hasSizeGreaterThan(2_000_000);
        double[] probabilities = new double[JUDGED];
        double[] predictions = new double[JUDGED];
        boolean[] clicked = new boolean[JUDGED];
        predictNext(snapshot, predictions, probabilities, clicked);
        double auc = auc(predictions, clicked);
        double best = auc(probabilities, clicked);
        System.out.printf("AUC %.4f, of the generator's own probabilities %.4f%n", auc, best);
        assertThat(auc - 0.5).isBetween(0.65 * (best - 0.5), best - 0.5);
    }

    private void predictNext(Snapshot snapshot, double[] predictions, double[] probabilities, boolean[] clicked)
            throws IOException {
        FeatureMapping mapping =
                Objects.requireNonNull(snapshot.manifest().featureMapping()).withoutLabel();
        RecordMapper mapper = mapping.mapper();
        GenericDatumReader<GenericRecord> reader = reader(mapping.schema());
        float[] features = new float[mapper.width()];
        float[] outputs = new float[CHUNK];
        try (GradientEngine engine =
                Engines.factory("nd4j").create(snapshot.manifest().modelSpec())) {
            engine.upload(0, snapshot.parameters(), snapshot.parameters().length);
            for (int from = 0; from < JUDGED; from += CHUNK) {
                SampleBatch batch = new SampleBatch(features.length, 1, CHUNK);
                for (int i = from; i < from + CHUNK; i++) {
                    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(impressions.next(), null);
                    mapper.features(reader.read(null, decoder), features);
                    batch.append(features, new float[1], 1);
                    probabilities[i] = impressions.probability();
                    clicked[i] = impressions.clicked();
                }
                engine.predict(batch, CHUNK, outputs);
                for (int i = 0; i < CHUNK; i++) predictions[from + i] = outputs[i];
            }
        }
    }

    private static GenericDatumReader<GenericRecord> reader(Schema schema) {
        return new GenericDatumReader<>(ImpressionStream.schema(), schema);
    }

    /** How likely a clicked one is scored above one that was not; scores that are equal count as they come. */
    private static double auc(double[] scores, boolean[] clicked) {
        Integer[] order = new Integer[scores.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> scores[i]));
        long below = 0;
        double above = 0;
        for (int i : order) {
            if (clicked[i]) above += below;
            else below++;
        }
        return above / below / (scores.length - below);
    }
}
