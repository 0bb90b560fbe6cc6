package dev.millrace.pipeline.advise;

/**
 * One pass over the samples with one size and learning rate from one set of initial parameters.
 *
 * @param loss mean over all samples, each before it was learnt from; infinite if the training diverged
 * @param accuracy the same; NaN for regression
 * @param timedLoss of the samples held out, by the model at the end of the common time; infinite if the training diverged
 */
record Trial(int size, double learningRate, double loss, double accuracy, double timedLoss) {

    static Trial diverged(int size, double learningRate) {
        double infinite = Double.POSITIVE_INFINITY;
        return new Trial(size, learningRate, infinite, Double.NaN, infinite);
    }
}
