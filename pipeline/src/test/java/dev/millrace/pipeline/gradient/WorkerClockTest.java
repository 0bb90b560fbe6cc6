package dev.millrace.pipeline.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerClockTest {

    private static ParameterBlock block(long incarnation, long version, int block, int blocks) {
        ParameterBlock made = new ParameterBlock();
        made.incarnation = incarnation;
        made.version = version;
        made.block = block;
        made.blocks = blocks;
        return made;
    }

    @Test
    void computesNothingBeforeTheParametersAreWhole() {
        WorkerClock clock = new WorkerClock(0);

        boolean atStart = clock.mayCompute();
        clock.accept(block(1, 5, 0, 2));
        boolean afterHalf = clock.mayCompute();
        clock.accept(block(1, 5, 1, 2));

        assertThat(atStart).isFalse();
        assertThat(afterHalf).isFalse();
        assertThat(clock.mayCompute()).isTrue();
        assertThat(clock.step()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, Integer.MAX_VALUE})
    void computesNothingFromAPauseToItsEnd(int staleness) {
        WorkerClock clock = new WorkerClock(staleness);
        ParameterBlock pause = block(1, 6, 0, 1);
        pause.paused = true;

        clock.accept(block(1, 5, 0, 1));
        boolean before = clock.mayCompute();
        clock.accept(pause);
        boolean paused = clock.mayCompute();
        clock.accept(block(1, 7, 0, 1));

        assertThat(before).isTrue();
        assertThat(paused).isFalse();
        assertThat(clock.mayCompute()).isTrue();
    }

    @Test
    void synchronousWorkerContributesOncePerVersion() {
        WorkerClock clock = new WorkerClock(0);
        clock.accept(block(1, 5, 0, 1));

        clock.contributed();
        boolean afterOne = clock.mayCompute();
        clock.accept(block(1, 6, 0, 1));

        assertThat(afterOne).isFalse();
        assertThat(clock.mayCompute()).isTrue();
    }

    @Test
    void staleWorkerRunsAheadByItsBound() {
        WorkerClock clock = new WorkerClock(2);
        clock.accept(block(1, 5, 0, 1));

        int contributions = 0;
        while (clock.mayCompute()) {
            clock.contributed();
            contributions++;
        }

        assertThat(contributions).isEqualTo(3);
    }

    @Test
    void asynchronousWorkerNeverWaits() {
        WorkerClock clock = new WorkerClock(WorkerSettings.UNBOUNDED);
        clock.accept(block(1, 5, 0, 1));

        for (int i = 0; i < 1000; i++) clock.contributed();

        assertThat(clock.mayCompute()).isTrue();
    }

    @Test
    void oldAndRepeatedBlocksChangeNothing() {
        WorkerClock clock = new WorkerClock(0);
        clock.accept(block(1, 6, 0, 2));

        boolean repeated = clock.accept(block(1, 6, 0, 2));
        boolean older = clock.accept(block(1, 5, 1, 2));

        assertThat(repeated).isFalse();
        assertThat(older).isFalse();
        assertThat(clock.mayCompute()).isFalse();
    }

    @Test
    void newIncarnationBeginsAnewEvenAtALowerVersion() {
        WorkerClock clock = new WorkerClock(0);
        clock.accept(block(1, 90, 0, 1));
        clock.contributed();

        clock.accept(block(2, 41, 0, 1));

        assertThat(clock.incarnation()).isEqualTo(2);
        assertThat(clock.version()).isEqualTo(41);
        assertThat(clock.step()).isEqualTo(41);
        assertThat(clock.mayCompute()).isTrue();
    }

    private static ParameterBlock delta(long incarnation, long version, long since) {
        ParameterBlock made = block(incarnation, version, 0, 1);
        made.since = since;
        return made;
    }

    @Test
    void changedRowsCountOnTopOfTheSetBeforeThem() {
        WorkerClock clock = new WorkerClock(0);
        clock.accept(block(1, 5, 0, 1));

        boolean accepted = clock.accept(delta(1, 7, 5));

        assertThat(accepted).isTrue();
        assertThat(clock.mayCompute()).isTrue();
        assertThat(clock.version()).isEqualTo(7);
    }

    @Test
    void changedRowsOfALifeWhoseTablesAreUnknownAreNoParameters() {
        WorkerClock clock = new WorkerClock(0);

        boolean ofAnEarlierLife = clock.accept(delta(1, 9, 8));
        boolean before = clock.mayCompute();
        clock.accept(block(2, 5, 0, 1));
        boolean ofAnotherSet = clock.accept(delta(2, 8, 7));

        assertThat(ofAnEarlierLife).isFalse();
        assertThat(before).isFalse();
        assertThat(ofAnotherSet).isFalse();
        assertThat(clock.version()).isEqualTo(5);
    }

    @Test
    void aSetMayHaveMoreBlocksThanTheOneBefore() {
        WorkerClock clock = new WorkerClock(0);
        clock.accept(block(1, 5, 0, 1));

        clock.accept(block(1, 6, 0, 3));
        clock.accept(block(1, 6, 1, 3));
        boolean withTwo = clock.mayCompute();
        clock.accept(block(1, 6, 2, 3));

        assertThat(withTwo).isFalse();
        assertThat(clock.mayCompute()).isTrue();
    }
}
