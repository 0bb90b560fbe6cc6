package dev.millrace.pipeline.server;

import dev.millrace.pipeline.gradient.Gradient;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks of gradients that are not whole yet. They are added together with the last one: blocks of several workers come mixed, and
 * a step that closes meanwhile, or a checkpoint whose barrier overtakes the rest, must not take a part for the whole.
 */
final class PartialGradients {
    final List<Gradient> blocks = new ArrayList<>(); // in the order in which they came
    private final List<Gradient> taken = new ArrayList<>();
    private final ArrayDeque<Gradient> free = new ArrayDeque<>();

    /** Keeps a copy of a block that is not the last of its gradient. */
    void keep(Gradient block) {
        Gradient copy = free.poll();
        if (copy == null) copy = new Gradient();
        copy.set(block);
        blocks.add(copy);
    }

    /** The blocks that came before the last one of a gradient, in their order; valid until the next call. */
    List<Gradient> take(Gradient last) {
        free.addAll(taken);
        taken.clear();
        int left = 0;
        for (int i = 0; i < blocks.size(); i++) {
            Gradient block = blocks.get(i);
            if (isOfSame(block, last)) taken.add(block);
            else blocks.set(left++, block);
        }
        blocks.subList(left, blocks.size()).clear();
        return taken;
    }

    /** A worker sends one gradient after the other; one of an earlier life may lie in a checkpoint beside one of this. */
    private static boolean isOfSame(Gradient block, Gradient last) {
        return block.worker == last.worker && block.incarnation == last.incarnation;
    }
}
