package dev.millrace.model.batchsize;

/**
 * The default: the batch doubles when the parameters have settled, and halves when they travel.
 *
 * <p>While the learning rate does its work the parameters move away from where they were; once noise and curvature are in
 * balance they stay within a ball around the optimum, whose size is proportional to learning rate over batch. The slope of
 *
 * <pre>{@code log |theta_m - theta_0|^2 against log m}</pre>
 *
 * tells which, m being the steps since the last change and theta_0 the parameters then: 2 for a straight way, 1 for a
 * random walk, 0 for a ball. It is taken between steps that are a factor 1.5 apart, from the 58th on. Below 0.7 the ball is
 * reached, and a batch of twice the size makes it half as large; above 1.2, and while the loss guard sees a rise, the
 * optimum itself moves: then the batch is halved, or made a tenth smaller, down to B0, since fewer samples pass until
 * the next correction. Within a ball of few dimensions the distance is a matter of luck, log |theta_m - theta_0|^2 having
 * a standard deviation of about sqrt(2 / d): below 100 parameters two slopes in a row must exceed 1.2; in the running job
 * a model of five parameters otherwise halved its batch as often as it doubled it. Each change begins a new m. In how many
 * steps a ball is reached depends on the model's curvature and on the learning rate; it is measured by this instead of
 * being assumed.
 *
 * <p>B_s is at most 8 times the largest batch that the system bears: beyond it the learning rate falls instead, and it
 * shall stay within 8 times what was tuned.
 *
 * <p>Memory: {B_s, m, the next m to look at, the last one looked at, log of the squared distance there, slopes above 1.2
 * in a row}. Source: the diagnostic for shrinking a step size is that of Pesme, Dieuleveut and Flammarion 2020, "On
 * Convergence-Diagnostic based Step Sizes for Stochastic Gradient Descent" (q = 1.5, slope 0.6); growth of the batch instead and the way back are ours.
 *
 * @param travelLooks slopes above 1.2 in a row that halve the batch, >= 1
 */
public record GrowOnSettling(int travelLooks) implements BatchSizePolicy {
    private static final double SPACING = 1.5;
    private static final double FIRST_LOOK = 58; // 1.5^10
    private static final double SETTLED = 0.7;
    private static final double TRAVELLING = 1.2;
    private static final int FEW_PARAMETERS = 100;
    private static final double FACTOR = 2;
    private static final double ON_RISING_LOSS = 0.9;
    private static final double BEYOND_UPPER = 8;

    // places in the memory
    private static final int SIZE = 0;
    private static final int STEPS = 1;
    private static final int NEXT = 2;
    private static final int LAST = 3;
    private static final int DISTANCE = 4;
    private static final int TRAVELLED = 5;

    /** For a model of {@code parameters} parameters. */
    public static GrowOnSettling of(int parameters) {
        return new GrowOnSettling(parameters < FEW_PARAMETERS ? 2 : 1);
    }

    @Override
    public String name() {
        return "auto";
    }

    @Override
    public double[] init() {
        return since(0);
    }

    private static double[] since(double size) {
        return new double[] {size, 0, FIRST_LOOK, 0, Double.NaN, 0};
    }

    @Override
    public boolean wantsDistance(double[] memory) {
        return memory[STEPS] + 1 >= memory[NEXT];
    }

    @Override
    public boolean startsDistance(double[] memory) {
        return memory[STEPS] == 0;
    }

    @Override
    public Choice observe(double[] before, Signals signals) {
        double size = Math.max(before[SIZE], signals.coldStart()); // B0 may pass: it is not remembered
        if (signals.lossRising() && size > signals.coldStart()) {
            double smaller = Math.max(ON_RISING_LOSS * size, signals.coldStart());
            return new Choice(smaller, Reason.LOSS_RISING, since(smaller));
        }
        double[] memory = before.clone();
        memory[STEPS]++;
        double distance = Math.log(signals.reading().squaredDistance());
        if (memory[STEPS] < memory[NEXT] || !Double.isFinite(distance))
            return new Choice(size, Reason.TRAVELLING, memory);
        double slope = (distance - memory[DISTANCE]) / Math.log(memory[STEPS] / memory[LAST]);
        memory[LAST] = memory[STEPS];
        memory[NEXT] = Math.ceil(SPACING * memory[STEPS]);
        memory[DISTANCE] = distance;
        if (slope < SETTLED) {
            double larger = Math.min(FACTOR * size, Math.max(BEYOND_UPPER * signals.upper(), size));
            return new Choice(larger, Reason.ARRIVED, since(larger));
        }
        memory[TRAVELLED] = slope > TRAVELLING ? memory[TRAVELLED] + 1 : 0;
        if (memory[TRAVELLED] >= travelLooks && size > signals.coldStart()) {
            double smaller = Math.max(size / FACTOR, signals.coldStart());
            return new Choice(smaller, Reason.TRAVELLING, since(smaller));
        }
        return new Choice(size, Reason.TRAVELLING, memory);
    }

    @Override
    public double[] afterFault(double[] memory) {
        return init();
    }
}
