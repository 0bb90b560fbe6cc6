package dev.millrace.pipeline.server;

import dev.millrace.model.metric.ClassScore;
import java.util.List;

/**
 * How well one class, or one of several labels, was predicted over the metric window. Crosses Flink edges as a POJO.
 *
 * @param label the class's index, or the label's
 * @param name the class's word; empty if it has none
 * @param precision of what was predicted as the class, the share that is
 * @param recall of what is the class, the share predicted as it
 * @param f1 harmonic mean of the two
 * @param support weight of the samples that are the class
 */
public record ClassReport(int label, String name, double precision, double recall, double f1, double support) {

    static ClassReport of(ClassScore score, List<String> names) {
        String name = score.label() < names.size() ? names.get(score.label()) : "";
        return new ClassReport(score.label(), name, score.precision(), score.recall(), score.f1(), score.support());
    }
}
