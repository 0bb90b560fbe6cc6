package dev.millrace.model.batchsize;

/**
 * Coupled adaptive batch size (CABS): B_s = max(B0, eta S / (L - L_floor)), L the averaged (0.95) loss. It needs the
 * loss that cannot be undercut; with label noise and L_floor = 0 it never grows. Holds until ten estimates, without a
 * learning rate, and while L is not above L_floor.
 *
 * <p>Example: eta 0.1, S 800, L 0.5, L_floor 0 give 160. Memory: {decayed sum of losses, its weight}. Source: Balles et al.
 * 2017.
 *
 * @param lossFloor smallest loss that can be reached
 */
public record CoupledSize(double lossFloor) implements BatchSizePolicy {
    private static final double BETA = 0.95;

    public CoupledSize {
        if (!Double.isFinite(lossFloor)) {
            throw new IllegalArgumentException("loss floor of CABS must be finite. Received: " + lossFloor);
        }
    }

    @Override
    public String name() {
        return "cabs";
    }

    @Override
    public double[] init() {
        return new double[] {0, 0};
    }

    @Override
    public Choice observe(double[] memory, Signals signals) {
        double loss = signals.reading().statistics().meanLoss();
        double[] next = {BETA * memory[0] + (1 - BETA) * loss, BETA * memory[1] + (1 - BETA)};
        double floor = signals.coldStart();
        double held = Math.max(signals.statisticalSize(), floor);
        double above = next[0] / next[1] - lossFloor;
        double rate = signals.reading().learningRate();
        if (!signals.hasEstimate() || !(rate > 0)) return new Choice(held, Reason.NO_ESTIMATE, next);
        if (above <= 0) return new Choice(held, Reason.NO_SIGNAL, next);
        double size = rate * signals.covariance() / above;
        return size > floor ? new Choice(size, Reason.NOISE_SCALE, next) : new Choice(floor, Reason.COLD_START, next);
    }
}
