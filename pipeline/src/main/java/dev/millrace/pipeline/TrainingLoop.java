package dev.millrace.pipeline;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.gradient.EngineAssignment;
import dev.millrace.pipeline.gradient.Gradient;
import dev.millrace.pipeline.gradient.GradientOperator;
import dev.millrace.pipeline.gradient.GradientSerializer;
import dev.millrace.pipeline.gradient.ParameterBlock;
import dev.millrace.pipeline.gradient.ParameterBlockSerializer;
import dev.millrace.pipeline.gradient.WorkerSettings;
import dev.millrace.pipeline.minibatch.BatchStamper;
import dev.millrace.pipeline.minibatch.MiniBatch;
import dev.millrace.pipeline.minibatch.MiniBatchAssigner;
import dev.millrace.pipeline.minibatch.MiniBatchEmitter;
import dev.millrace.pipeline.minibatch.MiniBatchSerializer;
import dev.millrace.pipeline.minibatch.Packer;
import dev.millrace.pipeline.server.ChallengerSettings;
import dev.millrace.pipeline.server.ControlledParameterServer;
import dev.millrace.pipeline.server.FeedbackSource;
import dev.millrace.pipeline.server.ParameterServer;
import dev.millrace.pipeline.server.PlainParameterServer;
import dev.millrace.pipeline.server.ServerSettings;
import dev.millrace.pipeline.server.SnapshotRecord;
import dev.millrace.pipeline.server.StepReport;
import dev.millrace.pipeline.source.DeadLetter;
import dev.millrace.pipeline.source.Sample;
import dev.millrace.pipeline.source.SampleSerializer;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * The training loop between a stream of samples and what the parameter server says:
 *
 * <pre>
 *   samples - stamp - window | gradient - server
 *                            |  ^           |
 *                            |  '-feedback--'
 * </pre>
 *
 * Source, stamper and window are one task; it shares a slot with its worker. Server and feedback source share a slot
 * too, since the parameters come back inside the JVM.
 */
public final class TrainingLoop {
    /** Records that could not become samples. */
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead-letters", TypeInformation.of(DeadLetter.class));

    /** Co-location group of source, window and worker; to be set on the source, the head of its chain. */
    public static final String WORKER_SLOT = "worker";

    private static final String SERVER_SLOT = "server";

    /** What leaves the loop. */
    public record Outputs(
            DataStream<StepReport> reports, DataStream<SnapshotRecord> snapshots, DataStream<DeadLetter> deadLetters) {}

    private TrainingLoop() {}

    /**
     * Builds the loop behind a gated source.
     *
     * @param samples from a {@link dev.millrace.pipeline.source.GatedSource}; its parallelism is the number of workers
     * @param spec the model
     * @param engines decides what computes its gradient
     * @param initialBatch global batch size until the server has spoken
     * @param maxAgeMillis after which an unfilled mini-batch is closed, milliseconds
     * @param commands for the server; null where it takes none, as in a job that is to end
     */
    public static Outputs build(
            SingleOutputStreamOperator<Sample> samples,
            ModelSpec spec,
            EngineAssignment engines,
            int initialBatch,
            long maxAgeMillis,
            WorkerSettings workerSettings,
            ServerSettings serverSettings,
            @Nullable DataStream<Command> commands) {
        StreamExecutionEnvironment env = samples.getExecutionEnvironment();
        int workers = samples.getParallelism();

        MiniBatches miniBatches = miniBatches(samples, spec, initialBatch, maxAgeMillis);

        SingleOutputStreamOperator<ParameterBlock> parameters = env.fromSource(
                        new FeedbackSource(),
                        WatermarkStrategy.noWatermarks(),
                        "parameters",
                        ParameterBlockSerializer.TYPE)
                .uid(Uids.FEEDBACK)
                .setDescription("parameters from the server, latest wins")
                .setParallelism(1);
        parameters.getTransformation().setCoLocationGroupKey(SERVER_SLOT);

        SingleOutputStreamOperator<Gradient> gradients = miniBatches
                .packed()
                .connect(parameters.broadcast())
                .transform(
                        "gradients",
                        GradientSerializer.TYPE,
                        new GradientOperator(spec, second(serverSettings), engines, workerSettings))
                .uid(Uids.GRADIENTS)
                .setDescription("loss and gradient of each mini-batch at the broadcast parameters")
                .setParallelism(workers);
        gradients.getTransformation().setCoLocationGroupKey(WORKER_SLOT);

        SingleOutputStreamOperator<StepReport> server = server(gradients, serverSettings, commands)
                .uid(Uids.SERVER)
                .setDescription("close steps, apply the optimizer, publish")
                .setParallelism(1)
                .disableChaining();
        server.getTransformation().setCoLocationGroupKey(SERVER_SLOT);

        return new Outputs(server, server.getSideOutput(ParameterServer.SNAPSHOTS), miniBatches.deadLetters());
    }

    /** The challenger's model; null without one. */
    private static @Nullable ModelSpec second(ServerSettings settings) {
        ChallengerSettings challenger = settings.challenger();
        return challenger == null
                ? null
                : ModelSpec.fromJson(challenger.recipe().modelJson());
    }

    private static SingleOutputStreamOperator<StepReport> server(
            DataStream<Gradient> gradients, ServerSettings settings, @Nullable DataStream<Command> commands) {
        String name = "parameter server";
        TypeInformation<StepReport> reports = TypeInformation.of(StepReport.class);
        return commands == null
                ? gradients.transform(name, reports, new PlainParameterServer(settings))
                : gradients.connect(commands).transform(name, reports, new ControlledParameterServer(settings));
    }

    /** What the ingest task makes of the samples. */
    public record MiniBatches(DataStream<MiniBatch> packed, DataStream<DeadLetter> deadLetters) {}

    /** Forms mini-batches in the task of the source, without a shuffle. */
    public static MiniBatches miniBatches(
            SingleOutputStreamOperator<Sample> samples, ModelSpec spec, int initialBatch, long maxAgeMillis) {
        int workers = samples.getParallelism();
        samples.getTransformation().setCoLocationGroupKey(WORKER_SLOT);

        SingleOutputStreamOperator<Sample> stamped = samples.process(new BatchStamper(initialBatch, DEAD_LETTERS))
                .returns(SampleSerializer.TYPE)
                .uid(Uids.STAMP)
                .name("stamp")
                .setDescription("give each sample its mini-batch")
                .setParallelism(workers);

        SingleOutputStreamOperator<MiniBatch> packed = DataStreamUtils.reinterpretAsKeyedStream(
                        stamped, sample -> sample.key, Types.INT)
                .window(new MiniBatchAssigner(maxAgeMillis))
                .aggregate(
                        new Packer(spec.inputs(), spec.labelWidth()),
                        new MiniBatchEmitter(),
                        MiniBatchSerializer.TYPE,
                        MiniBatchSerializer.TYPE,
                        MiniBatchSerializer.TYPE)
                .uid(Uids.MINI_BATCHES)
                .name("form mini-batches")
                .setDescription("window closed by count or age")
                .setParallelism(workers);

        return new MiniBatches(packed, stamped.getSideOutput(DEAD_LETTERS));
    }
}
