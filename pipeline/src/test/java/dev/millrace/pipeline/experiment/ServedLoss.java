package dev.millrace.pipeline.experiment;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.dataset.Example;
import dev.millrace.pipeline.produce.SampleStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The loss of each sample under the model that was in service when it arrived, in groups of samples of one model. */
final class ServedLoss {
    private static final int WINDOW = 2000;

    /** Samples that arrived while one model was in service; the last of them at {@code nanos}. */
    private record Group(long nanos, long until, int samples, double lossSum) {}

    private final List<Group> groups = new ArrayList<>();

    private ServedLoss() {}

    /** @param stream the one that was sent, from its begin */
    static ServedLoss of(Runs.Run run, ModelSpec spec, SampleStream stream) throws IOException {
        ServedLoss served = new ServedLoss();
        List<Recording.Moment> moments = run.recording().moments();
        long[] arrivals = run.arrivals();
        Example example = new Example();
        int moment = 0;
        try (Evaluator evaluator = new Evaluator(spec)) {
            SampleBatch group = new SampleBatch(spec.inputs(), 1, 4096);
            for (int i = 0; i < arrivals.length && stream.next(example); i++) {
                int now = moment;
                while (now + 1 < moments.size() && moments.get(now + 1).nanos() <= arrivals[i]) now++;
                if (now != moment) {
                    served.add(arrivals[Math.max(0, i - 1)], i, group, moments.get(moment), evaluator);
                    moment = now;
                }
                group.append(example.features, example.labels, 1);
            }
            served.add(arrivals[arrivals.length - 1], arrivals.length, group, moments.get(moment), evaluator);
        }
        return served;
    }

    private void add(long nanos, long until, SampleBatch group, Recording.Moment model, Evaluator evaluator) {
        if (group.rows() == 0) return;
        groups.add(new Group(nanos, until, group.rows(), evaluator.lossSum(model.parameters(), group)));
        group.setRows(0);
    }

    /** Mean of the samples between two positions, 0 the first and 1 the last. */
    double mean(double from, double to) {
        long length = groups.get(groups.size() - 1).until();
        double sum = 0;
        double count = 0;
        for (Group group : groups) {
            if (group.until() <= from * length || group.until() > to * length) continue;
            sum += group.lossSum();
            count += group.samples();
        }
        return sum / count;
    }

    /** Seconds from a position until the mean of 2,000 samples after it is at most so much; infinite if never. */
    double recovery(double from, double level) {
        long length = groups.get(groups.size() - 1).until();
        long began = 0;
        double sum = 0;
        int count = 0;
        int oldest = 0;
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            if (group.until() <= from * length) {
                began = group.nanos();
                oldest = i + 1;
                continue;
            }
            sum += group.lossSum();
            count += group.samples();
            while (count - groups.get(oldest).samples() >= WINDOW) {
                sum -= groups.get(oldest).lossSum();
                count -= groups.get(oldest++).samples();
            }
            if (count >= WINDOW && sum / count <= level) return (group.nanos() - began) / 1e9;
        }
        return Double.POSITIVE_INFINITY;
    }
}
