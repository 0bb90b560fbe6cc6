package dev.millrace.pipeline.counting;

import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.batchsize.FixedBatchSize;
import dev.millrace.model.gate.ChallengeRule;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.TrainingLoop;
import dev.millrace.pipeline.Uids;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.gradient.EngineAssignment;
import dev.millrace.pipeline.gradient.WorkerSettings;
import dev.millrace.pipeline.server.BatchSettings;
import dev.millrace.pipeline.server.ChallengerSettings;
import dev.millrace.pipeline.server.PublicationSettings;
import dev.millrace.pipeline.server.Recipe;
import dev.millrace.pipeline.server.ServerSettings;
import dev.millrace.pipeline.server.SnapshotRecord;
import dev.millrace.pipeline.server.StepReport;
import dev.millrace.pipeline.source.GatedSource;
import dev.millrace.pipeline.source.SampleSerializer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/** The training loop over a sequence of numbers with the counting model. */
final class CountingJob {
    /** The second model, if there is one. */
    static final String RIVAL = "rival";

    private static final int MORE = 7;

    final Faults faults;
    final SnapshotCollector snapshots;
    final int samples;
    private final int ids;
    private final int units;
    private final ModelSpec spec;
    private final int batchSize;
    private final long maxAgeMillis;
    private final int staleness;
    private final long nanosPerBatch;
    private final CheckpointHold hold;
    private final Consumer<DataStream<SnapshotRecord>> publish;
    private final Sink<StepReport> reports;
    private final Function<StreamExecutionEnvironment, @Nullable DataStream<Command>> commands;
    private final @Nullable ChallengeRule challenge;

    private CountingJob(Builder builder) {
        this.faults = builder.faults;
        this.snapshots = new SnapshotCollector(faults);
        this.units = builder.units;
        this.ids = CountingModel.samples(units);
        this.samples = ids * builder.rounds;
        this.spec = builder.table ? CountingModel.table(builder.units) : CountingModel.spec(builder.units);
        this.batchSize = builder.batchSize;
        this.maxAgeMillis = builder.maxAgeMillis;
        this.staleness = builder.staleness;
        this.nanosPerBatch = builder.nanosPerBatch;
        this.hold = builder.hold;
        this.publish = builder.publish;
        this.reports = builder.reports;
        this.commands = builder.commands;
        this.challenge = builder.challenge;
    }

    static final class Builder {
        private Faults faults = Faults.none();
        private int units = 20_000;
        private boolean table;
        private int rounds = 1;
        private int batchSize = 32;
        private long maxAgeMillis = 50;
        private int staleness;
        private long nanosPerBatch;
        private CheckpointHold hold = new CheckpointHold();
        private Sink<StepReport> reports = new DiscardingSink<>();
        private Function<StreamExecutionEnvironment, @Nullable DataStream<Command>> commands = env -> null;
        private @Nullable ChallengeRule challenge;
        private Consumer<DataStream<SnapshotRecord>> publish =
                snapshots -> snapshots.sinkTo(new DiscardingSink<>()).setParallelism(1);

        Builder faults(Faults value) {
            faults = value;
            return this;
        }

        /** 3 times as many samples, plus one. */
        Builder units(int value) {
            units = value;
            return this;
        }

        /** Counts in the rows of a table. */
        Builder table() {
            table = true;
            return this;
        }

        /** How often each id comes; with 1, the default, every count must be 1. */
        Builder rounds(int value) {
            rounds = value;
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

        Builder reports(Sink<StepReport> value) {
            reports = value;
            return this;
        }

        /** Has a second model count the same samples. */
        Builder challengedBy(ChallengeRule rule) {
            challenge = rule;
            return this;
        }

        /** Attaches the commands; none come unless it is called. */
        Builder commands(Function<StreamExecutionEnvironment, @Nullable DataStream<Command>> value) {
            commands = value;
            return this;
        }

        Builder hold(CheckpointHold value) {
            hold = value;
            return this;
        }

        /** Attaches the sink of the snapshots. */
        Builder publish(Consumer<DataStream<SnapshotRecord>> value) {
            publish = value;
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
                        .map(new CountingSamples(spec.inputs(), ids, faults, hold))
                        .returns(SampleSerializer.TYPE)
                        .setParallelism(workers),
                spec,
                EngineAssignment.everywhere(
                        new CountingEngine.Factory(faults, nanosPerBatch, workers == 1 && staleness == 0)),
                batchSize,
                maxAgeMillis,
                new WorkerSettings(staleness, batchSize, false),
                serverSettings(),
                commands.apply(env));
        outputs.reports()
                .map(new ReportsSeen(faults))
                .returns(TypeInformation.of(StepReport.class))
                .uid("reports-seen")
                .setParallelism(1)
                .sinkTo(reports)
                .setParallelism(1);
        SingleOutputStreamOperator<SnapshotRecord> seen =
                outputs.snapshots().map(snapshots).uid("snapshots-seen").setParallelism(1);
        publish.accept(seen);
        outputs.deadLetters().sinkTo(new DiscardingSink<>());
        return env.getStreamGraph().getJobGraph();
    }

    private ServerSettings serverSettings() {
        ChallengeRule rule = challenge;
        if (rule == null) return alone();
        // A few parameters more, so that what is one's own and what the other's cannot be mistaken.
        ModelSpec larger =
                spec.layout().tables().isEmpty() ? CountingModel.spec(units + MORE) : CountingModel.table(units + MORE);
        ModelSpec rival = larger.named(RIVAL);
        Recipe recipe =
                new Recipe(rival.toJson(), null, Map.of("name", "sgd"), Map.of("initial", 1.0), batch(), Map.of());
        return alone().challengedBy(new ChallengerSettings(RIVAL, recipe, rule, null));
    }

    private BatchSettings batch() {
        return BatchSettings.of(BatchSizeController.of(new FaultyPolicy(new FixedBatchSize(batchSize), faults)));
    }

    private ServerSettings alone() {
        return new ServerSettings(
                spec.name(),
                spec.toJson(),
                null,
                false,
                List.of("numbers"),
                1,
                Map.of("name", "sgd"),
                Map.of("initial", 1.0),
                batch(),
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
                Map.of(),
                null,
                PublicationSettings.closed(10),
                null);
    }
}
