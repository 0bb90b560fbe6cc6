package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.gradient.Gradient;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each block holds its worker, twice. */
class PartialGradientsTest {
    private static Gradient block(int worker, long incarnation, int offset) {
        Gradient block = new Gradient();
        block.worker = worker;
        block.incarnation = incarnation;
        block.offset = offset;
        block.length = 2;
        block.from = 1;
        block.values = new float[] {-1, worker, worker, -1};
        return block;
    }

    private static List<Integer> offsets(List<Gradient> blocks) {
        return blocks.stream().map(block -> block.offset).toList();
    }

    @Test
    void theBlocksOfAWorkerComeTogetherAndInTheirOrderThoughThoseOfAnotherLieBetween() {
        PartialGradients partial = new PartialGradients();
        for (int i = 0; i < 3; i++) {
            partial.keep(block(1, 7, 2 * i));
            partial.keep(block(2, 7, 2 * i));
        }

        assertThat(offsets(partial.take(block(2, 7, 6)))).containsExactly(0, 2, 4);
        assertThat(offsets(partial.take(block(1, 7, 6)))).containsExactly(0, 2, 4);
        assertThat(partial.take(block(1, 7, 6))).as("the next gradient").isEmpty();
    }

    @Test
    void whatAnEarlierLifeBeganIsNotOfAGradientOfThisOne() {
        PartialGradients partial = new PartialGradients();
        partial.keep(block(1, 7, 0));

        assertThat(partial.take(block(1, 8, 0))).isEmpty();
        assertThat(offsets(partial.take(block(1, 7, 2)))).containsExactly(0);
    }

    @Test
    void aKeptBlockStaysAsItIsWhenTheMessageIsUsedAgain() {
        PartialGradients partial = new PartialGradients();
        Gradient message = block(1, 7, 0);
        partial.keep(message);
        Arrays.fill(message.values, 9);

        Gradient kept = partial.take(block(1, 7, 2)).get(0);

        assertThat(kept.from).isZero();
        assertThat(kept.values).startsWith(1, 1);
    }

    @Test
    void rowsOfATableAreKeptWithTheirValues() {
        PartialGradients partial = new PartialGradients();
        Gradient message = block(1, 7, 0);
        message.table = 0;
        message.rows = new int[] {4, 5, 6};
        message.values = new float[] {-1, -1, 50, 51, 60, 61};
        message.rowCount = 2;
        message.length = 4;
        partial.keep(message);

        Gradient kept = partial.take(block(1, 7, 2)).get(0);

        assertThat(Arrays.copyOf(kept.rows, 2)).containsExactly(5, 6);
        assertThat(Arrays.copyOf(kept.values, 4)).containsExactly(50, 51, 60, 61);
    }

    @Test
    void aCheckpointHoldsEachBlock() {
        PartialGradients partial = new PartialGradients();
        partial.keep(block(1, 7, 0));
        partial.keep(block(2, 7, 0));

        PartialGradients restored = PartialGradientsSerializer.INSTANCE.copy(partial);
        partial.take(block(1, 7, 2)); // and is not the one that goes on

        assertThat(restored.blocks)
                .satisfiesExactly(
                        of1 -> assertThat(of1.values).startsWith(1, 1),
                        of2 -> assertThat(of2.values).startsWith(2, 2));
        assertThat(offsets(restored.take(block(1, 7, 2)))).containsExactly(0);
    }
}
