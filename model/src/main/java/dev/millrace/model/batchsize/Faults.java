package dev.millrace.model.batchsize;

/**
 * Steps that were not finite. Each halves the learning rate, at most to 1/1024: a smaller one would look like training
 * and not be. Every 1000 finite updates in a row double it again, up to what it was: a job that runs for months must not
 * keep the brake of one bad batch.
 *
 * @param count since the start
 * @param factor of the learning rate, a power of two in 1/1024..1
 * @param calm finite updates since the factor changed
 */
record Faults(long count, double factor, int calm) {
    static final Faults NONE = new Faults(0, 1, 0);
    static final int LENGTH = 3;
    private static final double SMALLEST = 1.0 / 1024;
    private static final int RECOVERY = 1000;

    Faults fault() {
        return new Faults(count + 1, Math.max(factor / 2, SMALLEST), 0);
    }

    Faults finite() {
        if (factor == 1) return this;
        return calm + 1 < RECOVERY ? new Faults(count, factor, calm + 1) : new Faults(count, factor * 2, 0);
    }

    void write(double[] to, int at) {
        to[at] = count;
        to[at + 1] = factor;
        to[at + 2] = calm;
    }

    static Faults read(double[] from, int at) {
        return new Faults((long) from[at], from[at + 1], (int) from[at + 2]);
    }
}
