package dev.millrace.model.batchsize;

/**
 * All that the controller remembers, as a value; part of every checkpoint. Restored at any step it has the same future,
 * bit for bit.
 */
public final class BatchSizeState {
    private static final int FORMAT = 2;
    private static final int DECISION = 3; // after format, policy and length of its memory
    private static final int GRADIENTS = DECISION + BatchSizeDecision.LENGTH;
    private static final int LOSS = GRADIENTS + GradientAverages.LENGTH;
    private static final int TIME = LOSS + LossGuard.LENGTH;
    private static final int REGIME = TIME + StepTimeModel.LENGTH;
    private static final int FAULTS = REGIME + RegimeWatch.LENGTH;
    private static final int MEMORY = FAULTS + Faults.LENGTH;

    final BatchSizeDecision decision;
    final GradientAverages gradients;
    final LossGuard loss;
    final StepTimeModel time;
    final RegimeWatch regime;
    final Faults faults;
    final int policy; // hash of its name
    final double[] memory; // the policy's; never changed

    BatchSizeState(
            BatchSizeDecision decision,
            GradientAverages gradients,
            LossGuard loss,
            StepTimeModel time,
            RegimeWatch regime,
            Faults faults,
            int policy,
            double[] memory) {
        this.decision = decision;
        this.gradients = gradients;
        this.loss = loss;
        this.time = time;
        this.regime = regime;
        this.faults = faults;
        this.policy = policy;
        this.memory = memory;
    }

    /** Nothing is known but the batch size in force: what a checkpoint holds that no controller wrote. */
    public static BatchSizeState ofBatchSize(int batchSize) {
        BatchSizeDecision decision = new BatchSizeDecision(
                batchSize, batchSize, Double.NaN, Double.NaN, 1, Regime.LIVE, Bound.NONE, Reason.START, false, false);
        return new BatchSizeState(
                decision,
                GradientAverages.NONE,
                LossGuard.NONE,
                StepTimeModel.NONE,
                RegimeWatch.LIVE,
                Faults.NONE,
                0,
                new double[0]);
    }

    BatchSizeState withBatchSize(int batchSize) {
        BatchSizeDecision changed = new BatchSizeDecision(
                batchSize,
                decision.statisticalSize(),
                decision.noiseScale(),
                decision.curvature(),
                decision.learningRateFactor(),
                decision.regime(),
                decision.bound(),
                decision.reason(),
                decision.reset(),
                decision.alarm());
        return new BatchSizeState(changed, gradients, loss, time, regime, faults, policy, memory);
    }

    BatchSizeState with(GradientAverages averages) {
        return new BatchSizeState(decision, averages, loss, time, regime, faults, policy, memory);
    }

    BatchSizeState ofAnotherModel() {
        Faults unbraked = new Faults(faults.count(), 1, 0);
        return new BatchSizeState(
                decision, GradientAverages.NONE, LossGuard.NONE, time, regime, unbraked, policy, memory);
    }

    /** What was decided last. */
    public BatchSizeDecision decision() {
        return decision;
    }

    /** Global batch size decided last. */
    public int batchSize() {
        return decision.batchSize();
    }

    /** Why, in a few words, for report and metrics. */
    public String reason() {
        return decision.reason().words();
    }

    /** Learning rate that goes with the size, as a factor: without what steps that were not finite have made of it. */
    public double gain() {
        return decision.learningRateFactor() / faults.factor();
    }

    /** Steps since the start that were not finite. */
    public long faults() {
        return faults.count();
    }

    /** What a round and a sample cost, as measured. */
    public StepTimeModel.Fit stepTime() {
        return time.fit();
    }

    /** How far the loss has risen, in standard deviations; NaN before the 21st update. */
    public double lossRise() {
        return loss.z();
    }

    /** For the checkpoint: {format, policy, length of its memory, ...}. */
    public double[] toArray() {
        double[] numbers = new double[MEMORY + memory.length];
        numbers[0] = FORMAT;
        numbers[1] = policy;
        numbers[2] = memory.length;
        decision.write(numbers, DECISION);
        gradients.write(numbers, GRADIENTS);
        loss.write(numbers, LOSS);
        time.write(numbers, TIME);
        regime.write(numbers, REGIME);
        faults.write(numbers, FAULTS);
        System.arraycopy(memory, 0, numbers, MEMORY, memory.length);
        return numbers;
    }

    /**
     * What {@link #toArray} wrote.
     *
     * @throws IllegalArgumentException if a newer release wrote it, or it is damaged
     */
    public static BatchSizeState fromArray(double[] numbers) {
        if (numbers.length > GRADIENTS && numbers[0] == 1) { // another step-time model: begins anew with its batch
            return ofBatchSize(BatchSizeDecision.read(numbers, DECISION).batchSize());
        }
        if (numbers.length == 0 || numbers[0] != FORMAT) {
            throw new IllegalArgumentException("batch-size state: this release reads formats 1 and " + FORMAT
                    + ". Received: " + (numbers.length == 0 ? "nothing" : Double.toString(numbers[0])));
        }
        if (numbers.length < MEMORY || numbers.length != MEMORY + numbers[2]) {
            throw new IllegalArgumentException("batch-size state: must have " + MEMORY
                    + " numbers and the policy's memory. Received: " + numbers.length);
        }
        double[] memory = new double[numbers.length - MEMORY];
        System.arraycopy(numbers, MEMORY, memory, 0, memory.length);
        return new BatchSizeState(
                BatchSizeDecision.read(numbers, DECISION),
                GradientAverages.read(numbers, GRADIENTS),
                LossGuard.read(numbers, LOSS),
                StepTimeModel.read(numbers, TIME),
                RegimeWatch.read(numbers, REGIME),
                Faults.read(numbers, FAULTS),
                (int) numbers[1],
                memory);
    }
}
