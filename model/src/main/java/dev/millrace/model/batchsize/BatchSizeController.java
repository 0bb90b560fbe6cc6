package dev.millrace.model.batchsize;

import java.io.Serializable;

/**
 * Turns what a step measured into the size of the next global batch and the learning rate that goes with it. The policy
 * says what the gradients call for; here is what all policies have in common: averages, regime, limits, publication,
 * drift, faults. Pure: a checkpoint of the state is all there is to restore.
 *
 * <p>Where the specification leaves room: the learning rate follows the <em>published</em> size, so a dead band or rounding
 * keeps the temperature too; a published size that a moved limit forbids, or that is no multiple of the quantum while the
 * new one is, is replaced within the dead band also; limits beat the quantum; a fixed size obeys memory only ("FIXED never changes
 * B" against "2.3 to 2.6 apply to all"), and raises the alarm where it cannot keep up.
 */
public record BatchSizeController(BatchSizePolicy policy, ControllerSettings settings) implements Serializable {
    private static final double LARGEST = 1e12; // statistical size; keeps every ratio of sizes a normal number

    /**
     * How far beyond the largest timed size r / 8 may reach. In the running job a fit to 16 and 32 samples gave r = 7,000,
     * where larger steps gave 200, and one cold estimate in five spoiled a backlog.
     */
    private static final double FARTHEST = 4;

    /** With recommended settings and no limit but the range of int. */
    public static BatchSizeController of(BatchSizePolicy policy) {
        return new BatchSizeController(
                policy, ControllerSettings.recommended(new BatchSizeBounds(1, Integer.MAX_VALUE)));
    }

    /** State before the first step; its batch size is that of the first step. */
    public BatchSizeState init() {
        return begin(BatchSizeState.ofBatchSize(1));
    }

    /** State after one closed step. A reading of no samples changes nothing, unless it tells of a drift. */
    public BatchSizeState observe(BatchSizeState state, StepReading reading) {
        BatchSizeState known = resume(state);
        boolean broken = reading.samples() > 0 && reading.isBroken();
        if (broken) known = afterFault(known);
        if (reading.drift()) return next(known, reading, true);
        return broken || reading.samples() < 1 ? known : next(known, reading, false);
    }

    /** Whether the next reading should tell |theta - theta_0|^2. */
    public boolean wantsDistance(BatchSizeState state) {
        return isOwn(state) && policy.wantsDistance(state.memory);
    }

    /** Whether theta_0 are the parameters of now. */
    public boolean startsDistance(BatchSizeState state) {
        return isOwn(state) && policy.startsDistance(state.memory);
    }

    private boolean isOwn(BatchSizeState state) {
        return state.policy == policy.name().hashCode() && state.memory.length == policy.init().length;
    }

    /** State after the parameters were replaced from outside: gradients before and after do not belong together. */
    public BatchSizeState parametersReplaced(BatchSizeState state) {
        return state.with(state.gradients.withoutProduct());
    }

    /**
     * State after another model took the place of the one measured: of its gradients and loss nothing is known, no fault of the
     * other one's brakes it, and the policy begins anew; what steps cost and what arrives is the same.
     */
    public BatchSizeState modelReplaced(BatchSizeState state) {
        return begin(state.ofAnotherModel());
    }

    /**
     * State to go on with after a restore: a configuration that changed counts from the first batch on. What another
     * policy left keeps its measurements, and begins anew in the rest.
     */
    public BatchSizeState resume(BatchSizeState state) {
        if (!isOwn(state)) return begin(state);
        double size = policy.isFixed() ? policy.initial(1) : state.batchSize();
        int allowed = (int) Math.min(size, settings.bounds().max());
        return allowed == state.batchSize() ? state : state.withBatchSize(allowed);
    }

    private BatchSizeState begin(BatchSizeState state) {
        BatchSizeBounds bounds = settings.bounds();
        double coldStart =
                settings.regimes().coldStart(state.regime.regime(), Double.NaN, Double.NaN, bounds.min(), bounds.max());
        double size = policy.initial(coldStart);
        PhysicalLimits limits = PhysicalLimits.of(bounds);
        int batchSize = physical(size, limits);
        BatchSizeDecision decision = new BatchSizeDecision(
                batchSize,
                size,
                state.gradients.noiseScale(),
                curvature(state.gradients, batchSize),
                state.faults.factor(),
                state.regime.regime(),
                limits.binding(size),
                Reason.START,
                false,
                false);
        return new BatchSizeState(
                decision,
                state.gradients,
                state.loss,
                state.time,
                state.regime,
                state.faults,
                policy.name().hashCode(),
                policy.init());
    }

    private BatchSizeState afterFault(BatchSizeState known) {
        BatchSizeDecision before = known.decision;
        Faults faults = known.faults.fault();
        BatchSizeDecision decision = new BatchSizeDecision(
                Math.min(before.batchSize(), settings.bounds().max()),
                before.statisticalSize(),
                before.noiseScale(),
                before.curvature(),
                before.learningRateFactor() * (faults.factor() / known.faults.factor()),
                before.regime(),
                before.bound(),
                Reason.NOT_FINITE,
                false,
                before.alarm());
        return new BatchSizeState(
                decision,
                known.gradients,
                known.loss,
                known.time,
                known.regime,
                faults,
                known.policy,
                policy.afterFault(known.memory));
    }

    private BatchSizeState next(BatchSizeState known, StepReading reading, boolean drift) {
        BatchSizeDecision before = known.decision;
        double arrivalRate = reading.arrivalRate() < Double.POSITIVE_INFINITY ? reading.arrivalRate() : Double.NaN;
        StepTimeModel time = known.time.observe(reading.samples(), reading.seconds());
        StepTimeModel.Fit cost = time.fit();
        RegimeWatch regime = known.regime.observe(reading.lag(), before.batchSize(), arrivalRate);
        double floor = PhysicalLimits.floor(arrivalRate, cost, settings.utilization());
        double believed = Math.min(cost.roundCost(), FARTHEST * 8 * cost.largest());
        double coldStart = coldStart(regime.regime(), believed, reading.lag(), floor);
        boolean waitsToFill = regime.regime() == Regime.LIVE; // a backlog fills a batch at once
        PhysicalLimits limits = PhysicalLimits.of(
                settings, waitsToFill ? arrivalRate : Double.POSITIVE_INFINITY, cost, floor, coldStart);

        GradientAverages gradients = drift ? GradientAverages.NONE : averaged(known, reading);
        LossGuard loss =
                drift ? LossGuard.NONE : known.loss.observe(reading.statistics().meanLoss(), reading.samples());
        double u = curvature(gradients, before.batchSize());
        BatchSizePolicy.Choice choice = drift
                ? new BatchSizePolicy.Choice(policy.initial(coldStart), Reason.DRIFT, policy.init())
                : policy.observe(
                        known.memory,
                        new Signals(
                                reading,
                                gradients.estimates(),
                                gradients.meanCovariance(),
                                gradients.noiseScale(),
                                u,
                                loss.rising(),
                                before.statisticalSize(),
                                coldStart,
                                regime.regime(),
                                settings.regimes().exchange(regime.regime(), cost.roundCost()),
                                cost.roundCost(),
                                limits.upper()));
        boolean immediate = drift || policy.isFixed();
        double size = immediate ? choice.size() : limited(choice.size(), before.statisticalSize());
        int target = physical(size, limits);
        int batchSize =
                immediate || isWorthPublishing(target, before.batchSize(), limits) ? target : before.batchSize();
        Faults faults = drift ? known.faults : known.faults.finite();
        BatchSizeDecision decision = new BatchSizeDecision(
                batchSize,
                size,
                gradients.noiseScale(),
                u,
                faults.factor() * gain(batchSize, size, coldStart, coldStart(floor), gradients.noiseScale()),
                regime.regime(),
                policy.isFixed() ? Bound.NONE : limits.binding(size),
                size < choice.size() ? Reason.GROWTH_LIMIT : choice.reason(),
                drift,
                limits.isAlarm() || batchSize < limits.floor());
        return new BatchSizeState(decision, gradients, loss, time, regime, faults, known.policy, choice.memory());
    }

    /** From the second update after a reset on there is a gradient before. */
    private static GradientAverages averaged(BatchSizeState known, StepReading reading) {
        GradientStatistics statistics = reading.statistics();
        return known.gradients.observe(
                statistics.covarianceTrace(reading.squaredNorm()),
                statistics.squaredGradient(reading.squaredNorm()),
                known.loss.updates() == 0 ? Double.NaN : reading.product());
    }

    private double curvature(GradientAverages gradients, int batchSize) {
        return Double.isNaN(settings.curvature()) ? gradients.curvature(batchSize) : settings.curvature();
    }

    /** B0 as the floor alone would have it. */
    private double coldStart(double floor) {
        return coldStart(Regime.LIVE, Double.NaN, Double.NaN, floor);
    }

    private double coldStart(Regime regime, double roundCost, double lag, double floor) {
        double known = floor < Double.POSITIVE_INFINITY ? floor : 0;
        BatchSizeBounds bounds = settings.bounds();
        return settings.regimes().coldStart(regime, roundCost, lag, Math.max(bounds.min(), known), bounds.max());
    }

    /** At most twice what it was; what is no size changes nothing. */
    private static double limited(double size, double before) {
        return size >= 1 ? Math.min(Math.min(size, 2 * before), LARGEST) : before;
    }

    private int physical(double size, PhysicalLimits limits) {
        return policy.isFixed() ? (int) Math.min(size, limits.memory()) : limits.size(size, settings.quantum());
    }

    private boolean isWorthPublishing(int target, int published, PhysicalLimits limits) {
        if (!limits.allow(published)) return true;
        if (published % settings.quantum() != 0 && target % settings.quantum() == 0) return true;
        return Math.abs((double) target - published)
                >= settings.deadBand() * published * (1 - 1e-9); // 110 is 10 % above 100
    }

    /**
     * The rate was chosen for the configured B0: where the floor raises it, the rate goes along. Where a backlog raises it,
     * it does not: the batch grows from B0 anyway, and in the running job a rate twice what was tuned cost networks more
     * than the larger steps saved.
     */
    private double gain(int batchSize, double statisticalSize, double coldStart, double byFloor, double noiseScale) {
        double raised =
                policy.isFixed() ? 1 : Math.max(byFloor / settings.regimes().coldStart(), 1);
        double reference = policy.rateReference(statisticalSize, coldStart) / raised;
        return settings.gain().of(batchSize, reference, noiseScale, settings.maxGain());
    }
}
