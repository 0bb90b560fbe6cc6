package dev.millrace.pipeline.counting;

import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.batchsize.FixedBatchSize;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.TrainingLoop;
import dev.millrace.pipeline.Uids;
import dev.millrace.pipeline.gradient.WorkerSettings;
import dev.millrace.pipeline.server.ServerSettings;
import dev.millrace.pipeline.server.StepReport;
import dev.millrace.pipeline.source.GatedSource;
import dev.millrace.pipeline.source.SampleSerializer;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** The training loop over a sequence of numbers with the counting model. */
final class CountingJob {
    final Faults faults;
    final SnapshotCollector snapshots;
    final int samples;
    private final ModelSpec spec;
    private final int batchSize;
    private final long maxAgeMillis;
    private final int staleness;
    private final long nanosPerBatch;

    private CountingJob(Builder builder) {
        this.faults = builder.faults;
        this.snapshots = new SnapshotCollector(faults);
        this.samples = CountingModel.samples(builder.units);
        this.spec = CountingModel.spec(builder.units);
        this.batchSize = builder.batchSize;
        this.maxAgeMillis = builder.maxAgeMillis;
        this.staleness = builder.staleness;
        this.nanosPerBatch = builder.nanosPerBatch;
    }

    static final class Builder {
        private Faults faults = Faults.none();
        private int units = 20_000;
        private int batchSize = 32;
        private long maxAgeMillis = 50;
        private int staleness;
        private long nanosPerBatch;

        Builder faults(Faults value) {
            faults = value;
            return this;
        }

        /** 3 times as many samples, plus one. */
        Builder units(int value) {
            units = value;
            return this;
        }

        Builder batchSize(int value) {
            batchSize = value;
            return this;
        }

        Builder maxAgeMillis(long value) {
            maxAgeMillis = value;
            return this;
        }

        Builder staleness(int value) {
            staleness = value;
            return this;
        }

        Builder nanosPerBatch(long value) {
            nanosPerBatch = value;
            return this;
        }

        CountingJob build() {
            return new CountingJob(this);
        }
    }

    JobGraph graph(Configuration configuration, int workers) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(workers);
        var samplesOnly = env.fromSource(
                        new GatedSource<>(new NumberSequenceSource(0, samples - 1), Types.LONG),
                        WatermarkStrategy.noWatermarks(),
                        "numbers")
                .uid(Uids.SAMPLES)
                .setParallelism(workers);
        samplesOnly.getTransformation().setCoLocationGroupKey(TrainingLoop.WORKER_SLOT);
        var outputs = TrainingLoop.build(
                samplesOnly
                        .map(new CountingSamples(faults))
                        .returns(SampleSerializer.TYPE)
                        .setParallelism(workers),
                spec,
                new CountingEngine.Factory(faults, nanosPerBatch),
                batchSize,
                maxAgeMillis,
                new WorkerSettings(staleness, batchSize),
                serverSettings());
        Faults injected = faults; // so that the lambda captures no more
        outputs.reports()
                .map(report -> {
                    injected.hit(Faults.Point.AFTER_SERVER);
                    return report;
                })
                .returns(TypeInformation.of(StepReport.class))
                .uid("reports-seen")
                .setParallelism(1)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(1);
        outputs.snapshots()
                .map(snapshots)
                .uid("snapshots-seen")
                .setParallelism(1)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(1);
        outputs.deadLetters().sinkTo(new DiscardingSink<>());
        return env.getStreamGraph().getJobGraph();
    }

    private ServerSettings serverSettings() {
        return new ServerSettings(
                spec.name(),
                spec.toJson(),
                List.of("numbers"),
                1,
                Map.of("name", "sgd"),
                Map.of("initial", 1.0),
                BatchSizeController.of(new FixedBatchSize(batchSize)),
                true,
                staleness == WorkerSettings.UNBOUNDED,
                1000,
                3,
                1000,
                0.999,
                10,
                0,
                0,
                512 * 1024,
                Map.of());
    }
}
