package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.gradient.ParameterBlock;
import dev.millrace.pipeline.metrics.TaskScope;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ParameterChannelTest {
    private final ParameterChannel channel =
            ParameterChannel.of(new TaskScope("job", "tm-" + System.identityHashCode(this)));

    private ParameterBlock[] publish(long version) {
        ParameterBlock[] blocks = channel.buffers(10);
        blocks[0].version = version;
        channel.publish(blocks);
        return blocks;
    }

    @Test
    void keepsOnlyTheLatest() {
        publish(1);
        publish(2);

        ParameterBlock[] taken = Objects.requireNonNull(channel.take());

        assertThat(taken[0].version).isEqualTo(2);
        assertThat(channel.take()).isNull();
    }

    @Test
    void replacedBuffersAreUsedAgainButNotThoseBeingSent() {
        ParameterBlock[] first = publish(1);
        ParameterBlock[] sending = channel.take();
        ParameterBlock[] second = publish(2);
        publish(3);

        ParameterBlock[] free = channel.buffers(10);

        assertThat(sending).isSameAs(first);
        assertThat(free).isSameAs(second).isNotSameAs(sending);
    }

    @Test
    void waitsUntilSomethingIsPublished() {
        channel.take();
        CompletableFuture<Void> waiting = channel.available();
        boolean before = waiting.isDone();

        publish(1);

        assertThat(before).isFalse();
        assertThat(waiting).isDone();
    }

    @Test
    void endsAfterTheLatestWasTaken() {
        publish(1);
        channel.end();
        boolean before = channel.isEnded();
        channel.take();

        assertThat(before).isFalse();
        assertThat(channel.isEnded()).isTrue();
        assertThat(channel.available()).isDone();
    }

    @Test
    void cutsLargeVectorsIntoBlocksBelowTheEdgeLimit() {
        ParameterBlock[] blocks = channel.buffers(2 * ParameterBlock.MAX_FLOATS + 5);

        assertThat(blocks)
                .extracting(block -> block.length)
                .containsExactly(ParameterBlock.MAX_FLOATS, ParameterBlock.MAX_FLOATS, 5);
        assertThat(blocks)
                .extracting(block -> block.offset)
                .containsExactly(0, ParameterBlock.MAX_FLOATS, 2 * ParameterBlock.MAX_FLOATS);
    }
}
