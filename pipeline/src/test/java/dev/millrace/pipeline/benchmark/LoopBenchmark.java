package dev.millrace.pipeline.benchmark;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.TrainingLoop;
import dev.millrace.pipeline.gradient.EngineAssignment;
import dev.millrace.pipeline.gradient.WorkerSettings;
import dev.millrace.pipeline.server.BatchSettings;
import dev.millrace.pipeline.server.PublicationSettings;
import dev.millrace.pipeline.server.ServerSettings;
import dev.millrace.pipeline.server.StepReport;
import dev.millrace.pipeline.source.GatedSource;
import dev.millrace.pipeline.source.Sample;
import dev.millrace.pipeline.source.SampleSerializer;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.CloseableIterator;

/** Steps per second of the loop alone: one worker, mini-batches of 32 samples of 32 features, synchronous. */
public final class LoopBenchmark {
    private static final int BATCH = 32;

    private LoopBenchmark() {}

    /** Arguments: seconds' worth of steps to run each, as a number of steps (default 60000 and 10000). */
    public static void main(String[] args) throws Exception {
        int small = args.length > 0 ? Integer.parseInt(args[0]) : 60_000;
        int large = args.length > 1 ? Integer.parseInt(args[1]) : 10_000;
        for (int round = 0; round < 3; round++) {
            show("1k", Benchmarks.hidden(30), small);
            show("100k", Benchmarks.hidden(280, 320), large);
        }
        System.exit(0);
    }

    private static void show(String name, ModelSpec spec, int steps) throws Exception {
        double best = stepsPerSecond(spec, steps, PublicationSettings.closed(10));
        System.out.printf(
                "%-5s %7d parameters  %8.0f steps/s (best half second)%n",
                name, spec.layout().size(), best);
    }

    /** In the best half second of so many steps. */
    @SuppressWarnings("try") // the iterator may be interrupted when it is closed
    static double stepsPerSecond(ModelSpec spec, int steps, PublicationSettings publication) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(Benchmarks.flink(0));
        env.setParallelism(1);
        var numbers = env.fromSource(
                new GatedSource<>(new NumberSequenceSource(0, (long) steps * BATCH - 1), Types.LONG),
                WatermarkStrategy.noWatermarks(),
                "numbers");
        numbers.getTransformation().setCoLocationGroupKey(TrainingLoop.WORKER_SLOT);
        var outputs = TrainingLoop.build(
                numbers.map(new RandomSamples()).returns(SampleSerializer.TYPE),
                spec,
                EngineAssignment.everywhere(Engines.factory("nd4j")),
                BATCH,
                1000,
                new WorkerSettings(0, BATCH, false),
                settings(spec, publication),
                null);
        outputs.deadLetters().sinkTo(new DiscardingSink<>());
        outputs.snapshots().sinkTo(new DiscardingSink<>());
        double best = 0;
        try (CloseableIterator<StepReport> reports = outputs.reports().executeAndCollect()) {
            long before = 0;
            while (reports.hasNext()) {
                StepReport report = reports.next();
                if (report.seconds() > 0.4) best = Math.max(best, (report.steps() - before) / report.seconds());
                before = report.steps();
            }
        }
        return best;
    }

    private static ServerSettings settings(ModelSpec spec, PublicationSettings publication) {
        return new ServerSettings(
                spec.name(),
                spec.toJson(),
                null,
                false,
                List.of("numbers"),
                1,
                Map.of(),
                Map.of(),
                BatchSettings.fixed(BATCH),
                false,
                false,
                10_000,
                3,
                10_000,
                0.999,
                500,
                0,
                0,
                512 * 1024,
                Map.of(),
                null,
                publication,
                null);
    }

    private static final class RandomSamples extends RichMapFunction<Long, Sample> {
        private static final long serialVersionUID = 1L;
        private transient Sample sample;

        @SuppressWarnings("NullAway.Init") // Flink calls open before map
        RandomSamples() {}

        @Override
        public void open(OpenContext context) {
            sample = new Sample();
            sample.features = new float[32];
            sample.labels = new float[1];
        }

        @Override
        public Sample map(Long number) {
            int n = number.intValue();
            sample.features[n & 31] = (n * 0x9E3779B9) * 0x1p-32f;
            sample.labels[0] = n & 1;
            return sample;
        }
    }
}
