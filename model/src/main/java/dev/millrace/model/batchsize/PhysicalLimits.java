package dev.millrace.model.batchsize;

/**
 * Which batch sizes the system can bear.
 *
 * <pre>{@code
 * floor = ceil(lambda a / (rho - lambda b))      keeps up with the arrivals at load rho; none when lambda b >= rho
 * upper = min(B_mem, (W_max - a) / (1 / lambda + b), max(B0, 10 r))
 * }</pre>
 *
 * What is unknown does not limit. The third bound is for freshness and holds where a batch waits for arrivals only: a
 * backlog fills any batch at once, and an r that was measured too small held the running job at B0 for ever. If even the largest batch cannot keep up, the upper bound is used. If floor > upper,
 * the floor is, as far as memory allows: falling behind costs more freshness than the cap saves. Both are alarms.
 *
 * @param floor smallest size, >= 1; may exceed {@code upper} and memory
 * @param upper largest size, 1..B_mem
 * @param upperBound what makes it so
 * @param overloaded whether no batch can keep up
 * @param memory B_mem, which nothing exceeds
 */
record PhysicalLimits(double floor, int upper, Bound upperBound, boolean overloaded, int memory) {
    private static final double SYNC_ROUNDS = 10;

    /** Samples; infinity when no batch can keep up, 0 when unknown. Example: (2500/s, 20 ms, 10 us, 0.8) gives 65. */
    static double floor(double arrivalRate, StepTimeModel.Fit time, double utilization) {
        double spare = utilization - arrivalRate * time.perSample();
        if (!(arrivalRate >= 0) || Double.isNaN(spare)) return 0;
        return spare > 0 ? Math.ceil(arrivalRate * time.sync() / spare) : Double.POSITIVE_INFINITY;
    }

    /**
     * The limits.
     *
     * @param arrivalRate lambda, samples per second; infinite while a backlog fills every batch at once
     * @param floor as {@link #floor} gave it
     * @param coldStart B0
     */
    static PhysicalLimits of(
            ControllerSettings settings, double arrivalRate, StepTimeModel.Fit time, double floor, double coldStart) {
        double upper = settings.bounds().max();
        Bound bound = Bound.MEMORY;
        double age = settings.maxAge() - time.sync();
        double aged = age / (1 / arrivalRate + time.perSample());
        if (arrivalRate > 0 && aged < upper) {
            upper = aged;
            bound = Bound.AGE;
        }
        double synchronizing = Math.max(coldStart, SYNC_ROUNDS * time.roundCost());
        if (arrivalRate != Double.POSITIVE_INFINITY && synchronizing < upper) {
            upper = synchronizing;
            bound = Bound.SYNC;
        }
        boolean overloaded = floor == Double.POSITIVE_INFINITY;
        double lowest = Math.max(settings.bounds().min(), overloaded ? 0 : floor);
        return new PhysicalLimits(
                lowest,
                (int) Math.max(1, Math.floor(upper)),
                bound,
                overloaded,
                settings.bounds().max());
    }

    /** Only those that are configured. */
    static PhysicalLimits of(BatchSizeBounds bounds) {
        return new PhysicalLimits(bounds.min(), bounds.max(), Bound.MEMORY, false, bounds.max());
    }

    /** The nearest size within the limits and, where they allow it, a multiple of the quantum; halves round up. */
    int size(double statisticalSize, int quantum) {
        int low = low();
        int high = high();
        double inside = Math.min(Math.max(statisticalSize, low), high);
        double multiple = Math.max(Math.floor(inside / quantum + 0.5), 1) * quantum;
        if (multiple > high) multiple -= quantum;
        if (multiple < low) multiple += quantum;
        return (int) (multiple >= low && multiple <= high ? multiple : Math.floor(inside + 0.5));
    }

    boolean allow(int size) {
        return size >= low() && size <= high();
    }

    private int low() {
        if (overloaded) return upper;
        return (int) Math.min(floor, floor > upper ? memory : upper);
    }

    private int high() {
        return Math.max(low(), upper);
    }

    /** Whether the batch cannot be what it should. */
    boolean isAlarm() {
        return overloaded || floor > upper;
    }

    /** What keeps the batch from this size. */
    Bound binding(double statisticalSize) {
        double rounded = Math.floor(statisticalSize + 0.5);
        if (overloaded) return rounded == upper ? Bound.NONE : upperBound;
        if (rounded < floor) return Bound.FLOOR;
        return rounded > upper && floor <= upper ? upperBound : Bound.NONE;
    }
}
