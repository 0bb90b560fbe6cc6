package dev.millrace.pipeline.deadletter;

import static dev.millrace.pipeline.deadletter.LetterBroker.ALL;
import static dev.millrace.pipeline.deadletter.LetterBroker.LETTERS;
import static dev.millrace.pipeline.deadletter.LetterBroker.READING;
import static dev.millrace.pipeline.deadletter.LetterBroker.TIMEOUT;
import static dev.millrace.pipeline.deadletter.LetterBroker.mark;
import static dev.millrace.pipeline.deadletter.LetterBroker.settings;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.publish.TestLetters;
import dev.millrace.pipeline.source.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fault 13: what a replay sends, what it does not, and that it is no loop. */
@Timeout(120)
class ReplayTest {
    private static LetterBroker broker;

    @BeforeAll
    static void start() {
        broker = new LetterBroker();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void empty() throws Exception {
        broker.reset();
    }

    private static DeadLetter letter(long offset, String reason) {
        return TestLetters.of("clicks", 0, offset, reason, new byte[] {(byte) offset});
    }

    /** The letter that the job makes of a replayed record that it refuses again, now read at another offset. */
    private static DeadLetter refusedAgain(ConsumerRecord<byte[], byte[]> record) {
        Header[] headers = record.headers().toArray();
        return new DeadLetter(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                "NOT_FINITE",
                "again",
                record.key(),
                record.value(),
                record.value().length,
                List.of(headers).stream().map(Header::key).toArray(String[]::new),
                List.of(headers).stream().map(Header::value).toArray(byte[][]::new));
    }

    private static List<Byte> firstBytes(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(record -> record.value()[0]).toList();
    }

    @Test
    void aRecordGoesBackToItsPartitionAsItWasWithAMarkBehind() {
        byte[] value = {0, 1, (byte) 0xff, 13, 10};
        broker.write(new DeadLetter(
                "clicks",
                1,
                8_812,
                1_700_000_000_123L,
                "NOT_FINITE",
                "dense[4] must be finite. Received: NaN",
                new byte[] {7, 0},
                value,
                value.length,
                new String[] {"trace", "trace", "nothing", "empty"},
                new byte[][] {{1, 2}, {3}, null, {}}));

        Tally tally = broker.replay();

        assertThat(tally.targets()).isEqualTo(Map.of("clicks", 1L));
        assertThat(broker.clicks(0)).isEmpty();
        assertThat(broker.clicks(1)).hasSize(1);
        ConsumerRecord<byte[], byte[]> record = broker.clicks(1).get(0);
        assertThat(record.key()).containsExactly(7, 0);
        assertThat(record.value()).isEqualTo(value);
        assertThat(record.headers())
                .extracting(Header::key)
                .containsExactly("trace", "trace", "nothing", "empty", "millrace.replayed");
        assertThat(record.headers())
                .extracting(Header::value)
                .containsExactly(
                        new byte[] {1, 2}, new byte[] {3}, null, new byte[0], "1 clicks-1@8812".getBytes(UTF_8));
    }

    @Test
    void aSecondReplayOfTheSameLettersSendsNothing() {
        broker.write(letter(1, "EMPTY"), letter(2, "EMPTY"), letter(3, "EMPTY"));
        broker.replay();

        Tally second = broker.replay();

        assertThat(second.targets()).isEmpty();
        assertThat(second.of(Standing.REPLAYED)).isEqualTo(3);
        assertThat(firstBytes(broker.clicks(0))).containsExactly((byte) 1, (byte) 2, (byte) 3);
    }

    @Test
    void aRecordWithTwoLettersIsSentOnce() {
        broker.write(letter(1, "EMPTY"), letter(2, "EMPTY"), letter(1, "EMPTY"), letter(2, "EMPTY"));

        Tally tally = broker.replay();

        assertThat(tally.of(Standing.OPEN)).isEqualTo(2);
        assertThat(tally.of(Standing.REPEATED)).isEqualTo(2);
        assertThat(broker.clicks(0)).hasSize(2);
    }

    @Test
    void aRecordThatIsRefusedAgainIsSentOnDemandOnlyAndOnceForEachRefusal() {
        broker.write(letter(8_812, "NOT_FINITE"));
        broker.replay();
        broker.write(refusedAgain(broker.clicks(0).get(0)));

        Tally byItself = broker.replay();
        Tally onDemand = broker.replay(settings(true), ALL);
        Tally onDemandOnceMore = broker.replay(settings(true), ALL);

        assertThat(byItself.targets()).isEmpty();
        assertThat(byItself.of(Standing.FAILED_AGAIN)).isEqualTo(1);
        assertThat(onDemand.targets()).isEqualTo(Map.of("clicks", 1L));
        assertThat(onDemandOnceMore.targets()).isEmpty();
        ConsumerRecord<byte[], byte[]> second = broker.clicks(0).get(1);
        assertThat(mark(second)).isEqualTo("2 clicks-0@8812");
        assertThat(second.headers()).as("the marks do not add up").hasSize(1);
    }

    @Test
    void aLetterWithoutItsWholeValueIsNotSent() {
        DeadLetter whole = letter(1, "TOO_LARGE");
        broker.write(
                new DeadLetter(
                        "clicks", 0, 5, 1, "TOO_LARGE", "", null, new byte[64], 65, new String[0], new byte[0][]),
                whole);

        Tally tally = broker.replay();

        assertThat(tally.of(Standing.TRUNCATED)).isEqualTo(1);
        assertThat(firstBytes(broker.clicks(0))).containsExactly((byte) 1);
    }

    @Test
    void aLetterThatHadNoRoomForAHeaderIsNotSent() {
        broker.write(
                new DeadLetter(
                        "clicks",
                        0,
                        5,
                        1,
                        "EMPTY",
                        "",
                        null,
                        new byte[] {5},
                        1,
                        new String[] {"baggage"},
                        new byte[][] {new byte[20_000]}),
                letter(1, "EMPTY"));

        Tally tally = broker.replay();

        assertThat(tally.of(Standing.TRUNCATED)).isEqualTo(1);
        assertThat(firstBytes(broker.clicks(0))).containsExactly((byte) 1);
    }

    @Test
    void whatAFilterPassesOverIsLeftForLater() {
        broker.write(letter(1, "EMPTY"), letter(2, "BAD_TIME"), letter(3, "EMPTY"), letter(4, "EMPTY"));

        broker.replay(settings(false), new LetterFilter(Set.of("BAD_TIME"), Set.of(), 0));
        broker.replay(new ReplaySettings(null, false, 2, 500, false, () -> {}), ALL);
        broker.replay(settings(false), new LetterFilter(Set.of(), Set.of("another"), 0));
        broker.replay(settings(false), new LetterFilter(Set.of(), Set.of(), System.currentTimeMillis() + 60_000));
        List<Byte> before = firstBytes(broker.clicks(0));
        broker.replay();

        assertThat(before).containsExactly((byte) 2, (byte) 1, (byte) 3);
        assertThat(firstBytes(broker.clicks(0))).containsExactly((byte) 2, (byte) 1, (byte) 3, (byte) 4);
    }

    /** Else the brokers abort it after {@code transaction.timeout.ms}, in this replay and in every one after it. */
    @Test
    void aTransactionIsCommittedInTimeThoughFewLettersAreToBeSent() {
        broker.write(letter(1, "EMPTY"), letter(2, "BAD_TIME"), letter(3, "BAD_TIME"), letter(4, "EMPTY"));
        LetterFilter rare = new LetterFilter(Set.of("EMPTY"), Set.of(), 0);
        ReplaySettings large = new ReplaySettings(null, false, Long.MAX_VALUE, 500, false, () -> {});
        AtomicLong time = new AtomicLong(Long.MAX_VALUE - 10); // nanoTime may overflow
        LongSupplier threeSecondsALook = () -> time.getAndAdd(TimeUnit.SECONDS.toNanos(3));
        List<Long> sent = new ArrayList<>();

        new Replay(broker.config(), READING, large, TIMEOUT, threeSecondsALook).run(rare, sent::add);

        assertThat(sent).containsExactly(1L, 2L);
        assertThat(firstBytes(broker.clicks(0))).containsExactly((byte) 1, (byte) 4);
    }

    @Test
    void aRehearsalSaysWhatWouldBeSentAndChangesNothing() throws Exception {
        broker.write(letter(1, "EMPTY"), letter(2, "EMPTY"));
        broker.send(List.of(new ProducerRecord<>(LETTERS, new byte[] {1})));

        Tally tally = new Replay(broker.config(), READING, settings(false), TIMEOUT).rehearse(ALL);

        assertThat(tally.targets()).isEqualTo(Map.of("clicks", 2L));
        assertThat(tally.strange()).isEqualTo(1);
        assertThat(broker.clicks(0)).isEmpty();
        assertThat(broker.topics()).containsExactlyInAnyOrder("clicks", LETTERS);
    }

    @Test
    void recordsGoToAnotherTopicOnDemand() {
        broker.kafka.createTopic("repaired", 1, Map.of());
        broker.write(letter(1, "EMPTY"));

        broker.replay(new ReplaySettings("repaired", false, 10, 500, false, () -> {}), ALL);

        assertThat(broker.clicks(0)).isEmpty();
        assertThat(broker.contents("repaired", 0)).hasSize(1);
    }

    @Test
    void theTimeIsThatOfSendingOrTheRecordsOwnOnDemand() {
        long now = System.currentTimeMillis();
        long own = now - 3_600_000; // within the topic's retention
        for (int offset = 1; offset <= 2; offset++) {
            broker.write(new DeadLetter(
                    "clicks", 0, offset, own, "EMPTY", "", null, new byte[1], 1, new String[0], new byte[0][]));
            broker.replay(new ReplaySettings(null, false, 1, 500, offset == 2, () -> {}), ALL);
        }

        assertThat(broker.clicks(0).get(0).timestamp()).isGreaterThanOrEqualTo(now);
        assertThat(broker.clicks(0).get(1).timestamp()).isEqualTo(own);
    }

    @Test
    void aTopicThatIsGoneIsNamedAndWhatWasSentBeforeStays() {
        broker.write(letter(1, "EMPTY"), letter(2, "EMPTY"), TestLetters.of("gone", 0, 3, "EMPTY", new byte[1]));

        assertThatThrownBy(() -> broker.replay())
                .isInstanceOf(DeadLetterException.class)
                .hasMessageContaining("Topic gone")
                .hasMessageContaining("letters-0@2")
                .hasMessageContaining("--to");
        assertThat(broker.clicks(0)).hasSize(2);
    }

    @Test
    void aProgressTopicThatForgetsIsRefused() {
        broker.kafka.createTopic("letters.replayed", 1, Map.of("cleanup.policy", "compact,delete"));
        broker.write(letter(1, "EMPTY"));

        assertThatThrownBy(() -> broker.replay())
                .isInstanceOf(DeadLetterException.class)
                .hasMessageContaining("letters.replayed must have cleanup.policy=compact. Received: compact,delete");
        assertThat(broker.clicks(0)).isEmpty();
    }

    @Test
    void aReplayThatBeginsMeanwhileTakesOverAndNothingIsSentTwice() throws Exception {
        broker.write(
                IntStream.rangeClosed(1, 9).mapToObj(i -> letter(i, "EMPTY")).toArray(DeadLetter[]::new));
        CountDownLatch inTheMiddle = new CountDownLatch(5);
        CountDownLatch secondIsDone = new CountDownLatch(1);
        ReplaySettings held = new ReplaySettings(null, false, 100, 2, false, () -> {
            inTheMiddle.countDown();
            if (inTheMiddle.getCount() == 0) awaitQuietly(secondIsDone);
        });

        CompletableFuture<Tally> first = CompletableFuture.supplyAsync(() -> broker.replay(held, ALL));
        assertThat(inTheMiddle.await(60, TimeUnit.SECONDS)).isTrue();
        Tally second = broker.replay();
        secondIsDone.countDown();

        assertThatThrownBy(first::join)
                .hasMessageContaining("Another replay of letters began")
                .hasMessageContaining("4 records were sent");
        assertThat(second.targets()).isEqualTo(Map.of("clicks", 5L));
        assertThat(firstBytes(broker.clicks(0)))
                .containsExactly(
                        IntStream.rangeClosed(1, 9).mapToObj(i -> (byte) i).toArray(Byte[]::new));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
