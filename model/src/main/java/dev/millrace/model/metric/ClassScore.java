package dev.millrace.model.metric;

/**
 * How well one class, or one of several labels, was told from the others.
 *
 * @param label the class's index, or the label's
 * @param precision of the weight predicted as the class, the share that belongs to it; 0 if it was never predicted
 * @param recall of the weight that belongs to the class, the share predicted as it; 0 if none belongs to it
 * @param f1 harmonic mean of the two, 0 if both are 0
 * @param support weight of the samples that belong to the class
 */
public record ClassScore(int label, double precision, double recall, double f1, double support) {}
