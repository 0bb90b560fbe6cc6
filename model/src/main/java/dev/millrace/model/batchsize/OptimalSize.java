package dev.millrace.model.batchsize;

/** Batch sizes at which a noisy gradient is worth its price. */
public final class OptimalSize {
    private OptimalSize() {}

    /**
     * B* = (C + sqrt(C^2 + A C r)) / A with C = u phi / 2, A = 1 - u / 2: largest progress (1 - u/2 - u/2 phi/B) per unit of
     * time (r + B) at a constant learning rate; r = 0 means per sample. Example: (0.25, 400, 2000) gives 400.
     *
     * @param curvature u in (0, 1]
     * @param noiseScale phi >= 0
     * @param roundCost r >= 0, samples
     */
    public static double ofProgress(double curvature, double noiseScale, double roundCost) {
        double a = 1 - curvature / 2;
        double c = curvature / 2 * noiseScale;
        return (c + Math.sqrt(c * c + a * c * roundCost)) / a;
    }

    /**
     * sqrt(r phi): largest goodput B / ((r + B)(phi + B)), at the best learning rate of each size. Example: (400, 100)
     * gives 200.
     */
    public static double ofGoodput(double noiseScale, double roundCost) {
        return Math.sqrt(roundCost * noiseScale);
    }
}
