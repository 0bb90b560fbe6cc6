package dev.millrace.pipeline.gradient;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.minibatch.BatchStamper;
import dev.millrace.pipeline.minibatch.LocalLink;
import dev.millrace.pipeline.minibatch.LocalLinks;
import dev.millrace.pipeline.minibatch.MiniBatch;
import dev.millrace.pipeline.minibatch.MiniBatchSerializer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * A worker: computes the gradient of each mini-batch (input 1) at the broadcast parameters (input 2). It never blocks:
 * mini-batches wait in checkpointed state until the parameters allow the next one.
 */
public final class GradientOperator extends AbstractStreamOperator<Gradient>
        implements TwoInputStreamOperator<MiniBatch, ParameterBlock, Gradient>, BoundedMultiInput {
    private static final long serialVersionUID = 1L;

    /** How long a worker without mini-batches waits before it says that it is idle, milliseconds. */
    private static final long IDLE_AFTER = 20;

    /** Asking the source how much is pending costs more than a small step. */
    private static final long PENDING_EVERY_NANOS = 50_000_000;

    /** The property by which Flink's driver for GPUs tells a device. */
    private static final String DEVICE_INDEX = "index";

    private static final MapStateDescriptor<Integer, ParameterBlock> PARAMETERS =
            new MapStateDescriptor<>("parameters", IntSerializer.INSTANCE, new ParameterBlockSerializer());
    private static final ListStateDescriptor<MiniBatch> QUEUE =
            new ListStateDescriptor<>("mini-batches", MiniBatchSerializer.INSTANCE);

    private final String specJson;
    private final @Nullable String secondJson;
    private final EngineAssignment engines;
    private final WorkerSettings settings;

    private transient ModelSpec spec;
    private transient AssignedEngine assigned;
    private transient GradientEngine engine;
    private transient MicroBatches microBatches;
    private transient GradientSum sum;
    private transient @Nullable SecondGradient second;
    private transient WorkerClock clock;
    private transient LocalLink link;
    private transient WorkerMetrics workerMetrics;
    private transient ArrayDeque<MiniBatch> queue;
    private transient ListState<MiniBatch> queueState;
    private transient BroadcastState<Integer, ParameterBlock> parameters;
    private transient GradientSender sender;
    private transient int worker;
    private transient int workers;
    private transient int outputs;

    private transient long waitingSince; // 0: not waiting
    private transient long pendingReadNanos;
    private transient long pendingRecords; // -1: unknown

    private transient boolean idleTimer;
    private transient boolean idleSent;
    private transient long idleIncarnation;
    private transient boolean samplesEnded;
    private transient boolean endSent;
    private transient long endIncarnation;

    /** Of one model alone. */
    public GradientOperator(ModelSpec spec, EngineAssignment engines, WorkerSettings settings) {
        this(spec, null, engines, settings);
    }

    /** @param second the challenger's model, computed on the same mini-batches; null for none */
    @SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before the first element
    public GradientOperator(
            ModelSpec spec, @Nullable ModelSpec second, EngineAssignment engines, WorkerSettings settings) {
        this.specJson = spec.toJson();
        this.secondJson = second == null ? null : second.toJson();
        this.engines = engines;
        this.settings = settings;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        worker = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        workers = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        clock = new WorkerClock(settings.staleness());
        parameters = context.getOperatorStateStore().getBroadcastState(PARAMETERS);
        queueState = context.getOperatorStateStore().getListState(QUEUE);
        queue = new ArrayDeque<>();
        for (MiniBatch batch : queueState.get()) queue.add(batch);
        link = LocalLinks.of(getRuntimeContext());
        link.openWorker(queue.size());
    }

    @Override
    public void open() throws Exception {
        super.open();
        spec = ModelSpec.fromJson(specJson);
        outputs = spec.outputs();
        assigned = engines.assign(spec.ofWorker(worker), place());
        engine = assigned.engine();
        microBatches = new MicroBatches(assigned.microBatch(settings.microBatch()));
        sum = new GradientSum(spec.layout().denseSize(), settings.withNorms());
        second = secondJson == null
                ? null
                : new SecondGradient(spec, ModelSpec.fromJson(secondJson), assigned, worker, settings);
        sender = new GradientSender(output, clock, worker, workers);
        pendingRecords = -1;
        workerMetrics = new WorkerMetrics(getMetricGroup(), assigned, queue::size, microBatches);
        LOG.info("Worker {} of {} computes {} with engine {}", worker + 1, workers, spec.name(), assigned.used());
    }

    private WorkerPlace place() {
        StreamingRuntimeContext context = getRuntimeContext();
        int slots = context.getTaskManagerRuntimeInfo().getConfiguration().get(TaskManagerOptions.NUM_TASK_SLOTS);
        return new WorkerPlace(worker, workers, slots, resource -> indices(context, resource));
    }

    /** In their order: Flink's set has none. */
    private static List<String> indices(StreamingRuntimeContext context, String resource) {
        return context.getExternalResourceInfos(resource).stream()
                .flatMap(info -> info.getProperty(DEVICE_INDEX).stream())
                .sorted(Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    @Override
    public void processElement1(StreamRecord<MiniBatch> element) throws Exception {
        MiniBatch batch = element.getValue();
        link.received(batch.token);
        queue.add(batch);
        computeWhatIsAllowed();
    }

    @Override
    public void processElement2(StreamRecord<ParameterBlock> element) throws Exception {
        ParameterBlock block = element.getValue();
        if (!clock.accept(block)) return;
        // Tables are not kept: they are as large as they are many, and the server sends them anew after a restore.
        if (block.table == ParameterBlock.DENSE) keep(block);
        boolean ofSecond = second != null && second.upload(block);
        if (!ofSecond) block.upload(engine, 0);
        link.setBatchSize(BatchStamper.shareOf(block.globalBatch, worker, workers));
        if (clock.isPaused()) waitingSince = 0; // it is not for samples that it waits
        computeWhatIsAllowed();
    }

    /** The block's array belongs to the serializer: the state keeps a copy, in the same array each time. */
    private void keep(ParameterBlock block) throws Exception {
        ParameterBlock kept = parameters.get(block.block);
        if (kept == null) {
            kept = new ParameterBlock();
            parameters.put(block.block, kept);
        }
        kept.set(block);
    }

    private void computeWhatIsAllowed() {
        while (clock.mayCompute()) {
            MiniBatch batch = queue.poll();
            if (batch == null) {
                if (samplesEnded) end();
                else waitForSamples();
                return;
            }
            contribute(batch);
        }
    }

    private void contribute(MiniBatch batch) {
        long start = System.nanoTime();
        long waited = waitingSince == 0 ? 0 : start - waitingSince;
        waitingSince = 0;
        if (start - pendingReadNanos > PENDING_EVERY_NANOS) {
            pendingReadNanos = start;
            pendingRecords = link.pendingRecords();
        }
        microBatches.compute(engine, batch.samples, sum);
        Outcomes outcomes = Outcomes.of(spec.loss(), outputs, batch.samples, sum);
        SecondGradient challenger = second;
        Gradient.Second ofChallenger = challenger == null ? null : challenger.compute(batch.samples);
        long nanos = System.nanoTime() - start;

        Gradient.Summary summary = new Gradient.Summary(
                sum.samples,
                outcomes,
                batch.progress,
                batch.minEventTime,
                batch.maxEventTime,
                nanos,
                new Gradient.Signals(
                        sum.squaredNormSum, Arrays.copyOf(sum.pieceLosses, sum.pieceCount), waited, pendingRecords),
                assigned.used(),
                ofChallenger);
        sender.send(sum, challenger == null ? null : challenger.sum, summary);
        clock.contributed();
        idleSent = false;
        link.consumed();
        workerMetrics.computed(batch.samples.rows(), nanos);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a timer that fails fails the task
    private void waitForSamples() {
        if (waitingSince == 0) waitingSince = System.nanoTime();
        if (idleTimer || saidIdle()) return;
        idleTimer = true;
        long contributedBefore = clock.step();
        long now = getProcessingTimeService().getCurrentProcessingTime();
        getProcessingTimeService().registerTimer(now + IDLE_AFTER, time -> {
            idleTimer = false;
            if (!queue.isEmpty() || !clock.mayCompute() || saidIdle()) return;
            if (clock.step() != contributedBefore) waitForSamples();
            else sayIdle();
        });
    }

    private boolean saidIdle() {
        return idleSent && idleIncarnation == clock.incarnation();
    }

    private void sayIdle() {
        sender.say(Gradient.Kind.IDLE);
        idleSent = true;
        idleIncarnation = clock.incarnation();
    }

    @Override
    public void endInput(int input) {
        if (input != 1) return;
        samplesEnded = true;
        computeWhatIsAllowed();
    }

    private void end() {
        if (endSent && endIncarnation == clock.incarnation()) return;
        sender.say(Gradient.Kind.ENDED);
        endSent = true;
        endIncarnation = clock.incarnation();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        queueState.update(new ArrayList<>(queue));
    }

    @Override
    public void close() throws Exception {
        if (second != null) second.close();
        closeEngine(assigned);
        if (link != null) {
            link.release();
            LocalLinks.forget(getRuntimeContext());
        }
        super.close();
    }

    private static void closeEngine(@Nullable AssignedEngine engine) {
        if (engine != null) engine.close();
    }
}
