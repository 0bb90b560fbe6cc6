package dev.millrace.pipeline.benchmark;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.TrainingLoop;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.FlinkDefaults;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.minibatch.LocalLink;
import dev.millrace.pipeline.minibatch.LocalLinks;
import dev.millrace.pipeline.minibatch.MiniBatch;
import dev.millrace.pipeline.source.SampleSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFilterFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The ingest task alone, from a Kafka topic to packed mini-batches of 256: samples per second of processor time, of the
 * whole process, so that the broker, which runs in it, is included.
 */
public final class IngestBenchmark {
    private static final int BATCH = 256;

    private IngestBenchmark() {}

    /** Arguments: rounds, samples of 32 features, samples of 784 features. The first round warms up. */
    public static void main(String[] args) throws Exception {
        int rounds = Integer.parseInt(args[0]);
        int narrow = Integer.parseInt(args[1]);
        int wide = Integer.parseInt(args[2]);
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            Benchmarks.fill(kafka, "narrow", narrow, 32, 2);
            Benchmarks.fill(kafka, "wide", wide, 784, 10);
            run(kafka, "narrow", Benchmarks.clicks(), narrow);
            run(kafka, "wide", Benchmarks.digits(), wide);
            for (int round = 0; round < rounds; round++) {
                print(32, run(kafka, "narrow", Benchmarks.clicks(), narrow));
                print(784, run(kafka, "wide", Benchmarks.digits(), wide));
            }
        }
        System.exit(0);
    }

    private static void print(int features, double rate) {
        System.out.printf("%3d features  %,9.0f samples per CPU-second%n", features, rate);
    }

    private static double run(EmbeddedKafka kafka, String topic, ModelSpec spec, int samples) throws Exception {
        TrainingConfig config = ConfigLoader.withoutFile()
                .overrides(List.of("batch.size=" + BATCH, "source.bounded=true"))
                .override("model", spec.toTree())
                .override("kafka.bootstrap.servers", kafka.bootstrapServers())
                .override("source.topics", List.of(topic))
                .override("publish.directory", "unused")
                .load();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(FlinkDefaults.job(config));
        env.setParallelism(1);
        Meter.begin(samples / 4);
        TrainingLoop.MiniBatches miniBatches =
                TrainingLoop.miniBatches(SampleSource.of(env, config, spec), spec, BATCH, 1000);
        miniBatches.packed().filter(new Meter()).sinkTo(new DiscardingSink<>());
        miniBatches.deadLetters().sinkTo(new DiscardingSink<>());
        env.execute("ingest");
        if (Meter.SAMPLES.get() != samples) {
            throw new IllegalStateException("mini-batches held " + Meter.SAMPLES.get() + " samples of " + samples);
        }
        return Meter.rate();
    }

    /** Takes mini-batches as a worker would, and the time from the first quarter of the samples to the last sample. */
    private static final class Meter extends RichFilterFunction<MiniBatch> {
        private static final long serialVersionUID = 1L;
        static final AtomicLong SAMPLES = new AtomicLong();
        private static long warm;
        private static long atWarm;
        private static long cpuAtWarm;
        private static long cpuAtLast;

        private transient LocalLink link;

        @SuppressWarnings("NullAway.Init") // Flink calls open before filter
        Meter() {}

        static void begin(long warmSamples) {
            SAMPLES.set(0);
            warm = warmSamples;
            atWarm = 0;
        }

        static double rate() {
            return (SAMPLES.get() - atWarm) * 1e9 / (cpuAtLast - cpuAtWarm);
        }

        @Override
        public void open(OpenContext context) {
            link = LocalLinks.of(getRuntimeContext());
            link.openWorker(0);
        }

        @Override
        public boolean filter(MiniBatch batch) {
            link.received(batch.token);
            link.consumed();
            long seen = SAMPLES.addAndGet(batch.samples.rows());
            if (atWarm == 0 && seen >= warm) {
                atWarm = seen;
                cpuAtWarm = Benchmarks.cpuNanos();
            }
            cpuAtLast = Benchmarks.cpuNanos();
            return false;
        }
    }
}
