package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.model.table.TouchedRows;
import dev.millrace.pipeline.gradient.ParameterBlock;
import dev.millrace.pipeline.metrics.TaskScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ParameterChannelTest {
    private static final ParameterLayout DENSE = dense(10);
    private static final ParameterLayout TABLE = new ParameterLayout(
            DENSE.dense(),
            List.of(new dev.millrace.model.spec.ParameterBlock("embedding/embeddings", List.of(300_000, 2), 10)));

    private final ParameterChannel channel =
            ParameterChannel.of(new TaskScope("job", "tm-" + System.identityHashCode(this)));

    private static ParameterLayout dense(int size) {
        return new ParameterLayout(
                List.of(new dev.millrace.model.spec.ParameterBlock("dense/bias", List.of(size), 0)), List.of());
    }

    private ParameterSet publish(long version) {
        return publish(DENSE, version);
    }

    /** Publishes a version in which some rows have the version as values. */
    private ParameterSet publish(ParameterLayout layout, long version, int... rows) {
        return publish(channel.begin(List.of(layout)), version, rows);
    }

    private ParameterSet publish(ParameterSet set, long version, int... rows) {
        for (int row : rows) set.rows[0].set(row, new float[] {version, -version}, 0);
        set.head(1, version, 32, false);
        channel.publish(set);
        return set;
    }

    private ParameterSet take() {
        return Objects.requireNonNull(channel.take());
    }

    @Test
    void keepsOnlyTheLatest() {
        publish(1);
        publish(2);

        ParameterSet taken = take();

        assertThat(taken.version()).isEqualTo(2);
        assertThat(channel.take()).isNull();
    }

    @Test
    void whatWasNotTakenIsBroughtUpToDateButNotWhatIsBeingSent() {
        ParameterSet first = publish(1);
        ParameterSet sending = take();
        ParameterSet second = publish(2);

        ParameterSet third = channel.begin(List.of(DENSE));

        assertThat(sending).isSameAs(first);
        assertThat(third).isSameAs(second).isNotSameAs(sending);
    }

    @Test
    void whatWasSentIsUsedAgain() {
        publish(1);
        ParameterSet sent = take();
        channel.giveBack(sent);

        assertThat(channel.begin(List.of(DENSE))).isSameAs(sent);
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
        ParameterBlock[] blocks = channel.begin(List.of(dense(2 * ParameterBlock.MAX_FLOATS + 5))).dense;

        assertThat(blocks)
                .extracting(block -> block.length)
                .containsExactly(ParameterBlock.MAX_FLOATS, ParameterBlock.MAX_FLOATS, 5);
        assertThat(blocks)
                .extracting(block -> block.offset)
                .containsExactly(0, ParameterBlock.MAX_FLOATS, 2 * ParameterBlock.MAX_FLOATS);
    }

    @Test
    void ofTwoModelsTheBlocksComeOneBehindTheOtherAndThenTheTables() {
        ParameterSet set = channel.beginWhole(List.of(dense(ParameterBlock.MAX_FLOATS + 1), TABLE, TABLE));
        float[] first = new float[ParameterBlock.MAX_FLOATS + 1];
        first[ParameterBlock.MAX_FLOATS] = 3;
        set.fill(0, first);
        set.rows(2, 0).set(5, new float[] {7, -7}, 0);
        int dense = set.dense.length;

        assertThat(set.dense[1].offset).isEqualTo(ParameterBlock.MAX_FLOATS);
        assertThat(set.dense[1].values).containsExactly(3);
        assertThat(set.dense[2].offset).as("within its own model").isZero();
        assertThat(set.dense).extracting(block -> block.block).startsWith(0, 1, 2);
        assertThat(set.blocks()).isEqualTo(dense + 1);
        assertThat(set.block(dense).table).as("the third model's table").isEqualTo(1);
    }

    @Test
    void rowsOfVersionsThatNobodyTookAreSentWithTheLatest() {
        publish(channel.beginWhole(List.of(TABLE)), 1);
        take();
        publish(TABLE, 2, 5, 6);
        publish(TABLE, 3, 6, 7);

        ParameterSet taken = take();

        TouchedRows rows = taken.rows[0];
        assertThat(taken.since).isEqualTo(1);
        assertThat(rows.count()).isEqualTo(3);
        assertThat(rows.values()[2 * rows.find(5)]).isEqualTo(2);
        assertThat(rows.values()[2 * rows.find(6)]).isEqualTo(3);
        assertThat(rows.values()[2 * rows.find(7)]).isEqualTo(3);
    }

    @Test
    void rowsThatWereSentAreNotSentAgain() {
        publish(channel.beginWhole(List.of(TABLE)), 1);
        channel.giveBack(take());
        publish(TABLE, 2, 5, 6);
        channel.giveBack(take());
        publish(TABLE, 3, 7);

        ParameterSet taken = take();

        assertThat(taken.since).isEqualTo(2);
        assertThat(taken.rows[0].count()).isEqualTo(1);
        assertThat(taken.rows[0].find(7)).isZero();
    }

    @Test
    void aWholeSetThatNobodyTookStaysWhole() {
        publish(channel.beginWhole(List.of(TABLE)), 1, 1, 2, 3);
        publish(TABLE, 2, 2);

        ParameterSet taken = take();

        assertThat(taken.since).isEqualTo(ParameterBlock.WHOLE);
        assertThat(taken.rows[0].count()).isEqualTo(3);
        assertThat(taken.rows[0].values()[2 * taken.rows[0].find(2)]).isEqualTo(2);
    }

    @Test
    void aNewLifeSendsNothingOfTheLastOne() {
        publish(channel.beginWhole(List.of(TABLE)), 1);
        take();
        publish(TABLE, 2, 9);

        publish(channel.beginWhole(List.of(TABLE)), 3, 4);

        ParameterSet taken = take();
        assertThat(taken.since).isEqualTo(ParameterBlock.WHOLE);
        assertThat(taken.rows[0].find(9)).isEqualTo(-1);
    }

    @Test
    void aSetIsSentAsBlocksThatTogetherHoldAllOfIt() {
        ParameterSet set = channel.beginWhole(List.of(TABLE));
        for (int row = 0; row < 300_000; row++) set.rows[0].set(row, new float[] {row, -row}, 0);
        set.head(7, 3, 32, false);
        List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < set.blocks(); i++) {
            ParameterBlock block = new ParameterBlock();
            block.set(set.block(i));

            assertThat(block.version).isEqualTo(3);
            assertThat(block.blocks).isEqualTo(set.blocks());
            assertThat(block.block).isEqualTo(i);
            assertThat(block.length + block.rowCount).isLessThanOrEqualTo(ParameterBlock.MAX_FLOATS);
            for (int r = 0; r < block.rowCount; r++) {
                assertThat(block.values[2 * r]).isEqualTo(block.rows[r]);
                seen.add(block.rows[r]);
            }
        }

        assertThat(set.blocks()).isEqualTo(1 + 4); // 87,381 rows with their ids are a block
        assertThat(seen).hasSize(300_000).doesNotHaveDuplicates();
    }
}
