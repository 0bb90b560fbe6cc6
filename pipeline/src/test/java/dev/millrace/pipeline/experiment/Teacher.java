package dev.millrace.pipeline.experiment;

import java.util.SplittableRandom;

/**
 * The hidden concept behind a stream of seven classes: scores z = s W x, or s V tanh(W x); the label is drawn from
 * softmax(z), and one in ten is a random one. A turn by angle a uses cos(a) W + sin(a) W'.
 */
final class Teacher {
    static final int CLASSES = 7;
    private static final double LABEL_NOISE = 0.1;
    private static final double STEEPNESS = 2;

    private final Scenario scenario;
    private final int features;
    private final int hidden;
    private final double[][] weights = new double[3][]; // [rows, features]: two concepts, and where they turn to
    private final double[][] outputs = new double[2][]; // [classes, hidden]
    private final double[] now; // [rows, features]
    private final double[] rows;
    private final double[] z = new double[CLASSES];
    private int concept;

    /** @param hidden tanh units, 0 for a linear teacher */
    Teacher(long seed, Scenario scenario, int features, int hidden) {
        SplittableRandom random = new SplittableRandom(seed);
        this.scenario = scenario;
        this.features = features;
        this.hidden = hidden;
        this.rows = new double[hidden == 0 ? CLASSES : hidden];
        for (int k = 0; k < weights.length; k++) weights[k] = gaussians(random, rows.length * features);
        for (int k = 0; k < outputs.length; k++) outputs[k] = gaussians(random, CLASSES * hidden);
        this.now = weights[0].clone();
    }

    /** Takes the concept that holds at a position of the scenario. */
    void move(double position) {
        concept = scenario.concept(position);
        double angle = scenario.angle(position);
        double cosine = Math.cos(angle);
        double sine = Math.sin(angle);
        for (int i = 0; i < now.length; i++) now[i] = cosine * weights[concept][i] + sine * weights[2][i];
    }

    int label(float[] x, SplittableRandom random) {
        if (random.nextDouble() < LABEL_NOISE) return random.nextInt(CLASSES);
        multiply(x);
        int best = 0;
        for (int c = 0; c < CLASSES; c++) {
            double gumbel = -Math.log(-Math.log(random.nextDouble(1e-300, 1))); // the largest is a draw of the softmax
            z[c] = score(c) + gumbel;
            if (z[c] > z[best]) best = c;
        }
        return best;
    }

    private double score(int c) {
        if (hidden == 0) return STEEPNESS / Math.sqrt(10) * rows[c];
        double sum = 0;
        for (int h = 0; h < hidden; h++) sum += outputs[concept][c * hidden + h] * Math.tanh(rows[h] / 2);
        return 2 * STEEPNESS / Math.sqrt(hidden) * sum;
    }

    private void multiply(float[] x) {
        for (int row = 0; row < rows.length; row++) {
            double sum = 0;
            for (int i = 0; i < features; i++) sum += now[row * features + i] * x[i];
            rows[row] = sum;
        }
    }

    private static double[] gaussians(SplittableRandom random, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) values[i] = random.nextGaussian();
        return values;
    }
}
