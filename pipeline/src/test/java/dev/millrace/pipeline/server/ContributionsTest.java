package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ContributionsTest {
    private final Contributions contributions = new Contributions();

    @Test
    void stepIsCompleteWhenEveryWorkerContributed() {
        contributions.contributed(0, 2, 7);
        boolean afterOne = contributions.complete(7);

        contributions.contributed(1, 2, 7);

        assertThat(afterOne).isFalse();
        assertThat(contributions.complete(7)).isTrue();
        assertThat(contributions.complete(8)).isFalse();
    }

    @Test
    void stepDoesNotWaitForIdleWorkers() {
        contributions.contributed(0, 2, 7);

        contributions.idle(1, 2);

        assertThat(contributions.complete(7)).isTrue();
    }

    @Test
    void idlenessLastsUntilTheNextContribution() {
        contributions.idle(1, 2);
        contributions.contributed(1, 2, 7);
        contributions.contributed(0, 2, 8);

        assertThat(contributions.complete(7)).isTrue();
        assertThat(contributions.complete(8)).isFalse();
    }

    @Test
    void endIsReachedWhenEveryWorkerEnded() {
        boolean beforeAny = contributions.allEnded();
        contributions.ended(0, 2);
        boolean afterOne = contributions.allEnded();
        contributions.ended(1, 2);

        assertThat(beforeAny).isFalse();
        assertThat(afterOne).isFalse();
        assertThat(contributions.allEnded()).isTrue();
    }

    @Test
    void beginsAnewWhenTheNumberOfWorkersChanges() {
        contributions.contributed(0, 1, 7);

        contributions.contributed(0, 2, 7);

        assertThat(contributions.complete(7)).isFalse();
    }
}
