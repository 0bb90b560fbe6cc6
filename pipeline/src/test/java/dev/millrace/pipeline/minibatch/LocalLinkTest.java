package dev.millrace.pipeline.minibatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.metrics.TaskScope;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LocalLinkTest {
    private final LocalLink link = LocalLink.of(new TaskScope("job", "tm"), System.identityHashCode(this));

    @BeforeEach
    void open() {
        link.openIngest(1);
        link.openWorker(0);
    }

    private void emit(int batches) {
        for (int i = 0; i < batches; i++) link.emitted(i);
    }

    @Test
    void gateClosesAtTheHighMark() {
        emit(LocalLink.HIGH - 1);
        boolean before = link.holds();

        emit(1);

        assertThat(before).isFalse();
        assertThat(link.holds()).isTrue();
        assertThat(link.gate()).isNotDone();
    }

    @Test
    void gateOpensAtTheLowMark() {
        emit(LocalLink.HIGH);
        link.holds();
        CompletableFuture<Void> gate = link.gate();

        for (int i = 0; i < LocalLink.HIGH - LocalLink.LOW - 1; i++) link.consumed();
        boolean stillClosed = link.holds();
        link.consumed();

        assertThat(stillClosed).isTrue();
        assertThat(gate).isDone();
        assertThat(link.holds()).isFalse();
    }

    @Test
    void restoredMiniBatchesCount() {
        link.openWorker(LocalLink.HIGH);

        assertThat(link.holds()).isTrue();
    }

    @Test
    void miniBatchesOfAnEarlierLifeCountOnArrival() {
        emit(LocalLink.HIGH - 1);

        link.received(99);

        assertThat(link.holds()).isTrue();
    }

    @Test
    void nothingIsLeftOfAnEarlierLife() {
        emit(100);
        link.holds();

        link.openIngest(2);
        link.openWorker(0);

        assertThat(link.holds()).isFalse();
        assertThat(link.outstanding()).isZero();
    }
}
