package dev.millrace.model.spec;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * In training each value becomes 0 with probability {@code rate} and {@code value / (1 - rate)} otherwise, so that its
 * expectation stays; predictions pass unchanged. Any shape, no parameters. Source: Srivastava et al. 2014.
 *
 * @param rate in 0..1, 1 excluded
 * @param seed of the masks; layers of one model want different ones
 */
public record DropoutSpec(String name, double rate, long seed) implements LayerSpec {
    public DropoutSpec {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException(name + ": rate must be >= 0 and < 1. Received: " + rate);
        }
    }

    /** With masks of the worker's own; those of worker 0 are the seed's. */
    DropoutSpec ofWorker(int worker) {
        if (worker == 0) return this;
        // One step of SplitMix64 sends different seeds to different ones, far apart.
        return new DropoutSpec(name, rate, new SplittableRandom(seed ^ (long) worker << Integer.SIZE).nextLong());
    }

    @Override
    public DropoutSpec withDropouts(UnaryOperator<DropoutSpec> change) {
        return change.apply(this);
    }

    @Override
    public Shape output(Shape input) {
        return input;
    }

    /** Outputs, their gradients and the mask. */
    @Override
    public long kept(Shape input) {
        return 3L * input.size();
    }

    @Override
    public String traits() {
        return "rate " + rate;
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> dropout = new LinkedHashMap<>();
        dropout.put("name", name);
        dropout.put("rate", rate);
        dropout.put("seed", seed);
        return Map.of("dropout", dropout);
    }
}
