package dev.millrace.model.batchsize;

/**
 * The gradient's relative error shall be at most theta: B_s = max(B0, phi / theta^2). Judged every ten updates; a target
 * within 25 % of the size changes nothing, and a change is at most a doubling or halving. Holds while phi is infinite:
 * the test then asks for any size.
 *
 * <p>Example: phi 400, theta^2 4, size 16: 32, 64, 100 at the 10th, 20th, 30th update; then a phi of 450 is within the dead
 * band. Memory: {updates since judged, size or 0}. Sources: Byrd et al. 2012, De et al. 2017.
 *
 * @param squaredTolerance theta^2, > 0
 */
public record NormTest(double squaredTolerance) implements BatchSizePolicy {
    /** theta^2 = 4. */
    public static final NormTest RECOMMENDED = new NormTest(4);

    private static final int PERIOD = 10;
    private static final double DEAD_BAND = 0.25;

    public NormTest {
        if (!(squaredTolerance > 0 && squaredTolerance < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("theta^2 of the norm test must be > 0. Received: " + squaredTolerance);
        }
    }

    @Override
    public String name() {
        return "norm-test";
    }

    @Override
    public double[] init() {
        return new double[] {0, 0};
    }

    @Override
    public Choice observe(double[] memory, Signals signals) {
        double floor = signals.coldStart();
        double size = Math.max(memory[1], floor);
        if (memory[0] + 1 < PERIOD) {
            Reason reason = memory[1] == 0 ? Reason.NO_ESTIMATE : Reason.NOISE_SCALE;
            return new Choice(size, reason, new double[] {memory[0] + 1, memory[1]});
        }
        double[] judged = {0, size};
        if (!signals.hasEstimate()) return new Choice(size, Reason.NO_ESTIMATE, judged);
        if (!signals.hasNoiseScale()) return new Choice(size, Reason.NO_SIGNAL, judged);
        double target = Math.max(signals.noiseScale() / squaredTolerance, floor);
        if (Math.abs(target - size) < DEAD_BAND * size) return new Choice(size, Reason.WITHIN_DEAD_BAND, judged);
        judged[1] = Math.max(Math.min(Math.max(target, size / 2), size * 2), floor);
        return new Choice(judged[1], judged[1] > floor ? Reason.NOISE_SCALE : Reason.COLD_START, judged);
    }
}
