package dev.millrace.model.batchsize;

/** Readings and signals with given estimates, as if they had been measured. */
final class Readings {
    private static final int GROUPS = 16;

    private Readings() {}

    /** A step of n samples whose micro-batches estimate exactly S and P. */
    static StepReading of(long n, double s, double p, double i, double loss) {
        double squaredNorm = p + s / n;
        double weightedSquares = s * (GROUPS - 1) + n * squaredNorm;
        return StepReading.of(new GradientStatistics(n, GROUPS, weightedSquares, n * loss, n * loss * loss))
                .withGradient(squaredNorm, i);
    }

    /** Signals of a live stream: B0 = 16, ten estimates, nothing known of times. */
    static SignalsBuilder signals() {
        return new SignalsBuilder();
    }

    static final class SignalsBuilder {
        private StepReading reading = StepReading.ofLoss(16, 1);
        private long estimates = 10;
        private double covariance = 800;
        private double noiseScale = 400;
        private double curvature = 0.5;
        private boolean lossRising;
        private double statisticalSize = 16;
        private double coldStart = 16;
        private Regime regime = Regime.LIVE;
        private double exchange;
        private double roundCost = Double.NaN;
        private int upper = 1 << 20;

        SignalsBuilder reading(StepReading value) {
            reading = value;
            return this;
        }

        SignalsBuilder samples(long n) {
            return reading(StepReading.ofLoss(n, 1));
        }

        SignalsBuilder estimates(long value) {
            estimates = value;
            return this;
        }

        SignalsBuilder noiseScale(double phi) {
            noiseScale = phi;
            return this;
        }

        SignalsBuilder curvature(double u) {
            curvature = u;
            return this;
        }

        SignalsBuilder lossRising() {
            lossRising = true;
            return this;
        }

        SignalsBuilder statisticalSize(double before) {
            statisticalSize = before;
            return this;
        }

        SignalsBuilder coldStart(double size) {
            coldStart = size;
            return this;
        }

        SignalsBuilder catchUp(double r) {
            regime = Regime.CATCH_UP;
            exchange = r;
            roundCost = r;
            return this;
        }

        SignalsBuilder roundCost(double r) {
            roundCost = r;
            return this;
        }

        SignalsBuilder upper(int value) {
            upper = value;
            return this;
        }

        Signals build() {
            return new Signals(
                    reading,
                    estimates,
                    covariance,
                    noiseScale,
                    curvature,
                    lossRising,
                    statisticalSize,
                    coldStart,
                    regime,
                    exchange,
                    roundCost,
                    upper);
        }
    }
}
