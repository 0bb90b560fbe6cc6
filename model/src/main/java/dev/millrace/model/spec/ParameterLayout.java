package dev.millrace.model.spec;

import java.util.List;

/** Which tensor lies where in the flat float32 vector of all parameters. */
public record ParameterLayout(List<ParameterBlock> blocks) {
    public ParameterLayout {
        blocks = List.copyOf(blocks);
    }

    /** Number of parameters. */
    public int size() {
        if (blocks.isEmpty()) return 0;
        ParameterBlock last = blocks.get(blocks.size() - 1);
        return last.offset() + last.size();
    }
}
