package dev.millrace.pipeline.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.pipeline.source.DeadLetter;
import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.throwable.ThrowableClassifier;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.junit.jupiter.api.Test;

class DeadLetterWindowTest {

    private long now = TimeUnit.HOURS.toNanos(1);

    @Test
    void shouldTripWhenMostRecordsAreBadAndNameTheTopThreeReasons() {
        DeadLetterWindow window = window(new DeadLetterQuota(0.5, 1_000_000, 20));
        window.accepted(10);
        refuse(window, "NOT_FINITE", 4);
        refuse(window, "EMPTY", 3);
        refuse(window, "BAD_LABEL", 2);

        Throwable stop = catchThrowable(() -> refuse(window, "MALFORMED", 10));

        assertThat(stop).isInstanceOf(SuppressRestartsException.class);
        assertThat(ThrowableClassifier.getThrowableType(stop)).isEqualTo(ThrowableType.NonRecoverableError);
        assertThat(stop.getCause())
                .isInstanceOf(DeadLetterQuotaExceededException.class)
                .hasMessageContaining("11 of the last 21 records")
                .hasMessageContaining("52.4 %; limit 50.0 %")
                .hasMessageContaining("NOT_FINITE              4  last: samples-3@42: bad thing")
                .hasMessageContaining("EMPTY")
                .hasMessageContaining("BAD_LABEL")
                .hasMessageNotContaining("MALFORMED");
    }

    @Test
    void shouldNotLookAtTheRatioOfAFewRecords() {
        DeadLetterWindow window = window(new DeadLetterQuota(0.1, 1_000_000, 20));

        assertThatCode(() -> refuse(window, "EMPTY", 19)).doesNotThrowAnyException();
        assertThatThrownBy(() -> refuse(window, "EMPTY", 1)).isInstanceOf(SuppressRestartsException.class);
    }

    @Test
    void shouldTripOnTheNumberPerMinuteHoweverManyAreGood() {
        DeadLetterWindow window = window(new DeadLetterQuota(1, 100, 1));
        window.accepted(10_000_000);
        refuse(window, "EMPTY", 100);

        assertThatThrownBy(() -> refuse(window, "EMPTY", 1))
                .cause()
                .hasMessageContaining("101 of the last 10,000,101")
                .hasMessageContaining("limit 100 a minute");
    }

    @Test
    void shouldForgetWhatIsOlderThanAMinute() {
        DeadLetterWindow window = window(new DeadLetterQuota(0.5, 100, 10));
        for (int minute = 0; minute < 5; minute++) {
            window.accepted(200);
            refuse(window, "EMPTY", 100);
            now += TimeUnit.SECONDS.toNanos(61);
        }
        window.accepted(96);
        now += TimeUnit.SECONDS.toNanos(61);

        assertThatThrownBy(() -> refuse(window, "EMPTY", 11)).cause().hasMessageContaining("10 of the last 10 records");
    }

    @Test
    void shouldNotTakeABurstForTheWholeMinute() {
        DeadLetterWindow window = window(new DeadLetterQuota(0.1, 1_000_000, 20));
        window.accepted(10_000);
        now += TimeUnit.SECONDS.toNanos(30);

        assertThatCode(() -> refuse(window, "EMPTY", 1_000)).doesNotThrowAnyException();
    }

    @Test
    void shouldKeepAHostileDetailOnOneLine() {
        DeadLetterWindow window = window(new DeadLetterQuota(1, 1, 1));
        window.refused(letter("EMPTY", "a"));

        assertThatThrownBy(() -> window.refused(letter("EMPTY", "x\r\n\u001b[2J" + "y".repeat(100_000))))
                .cause()
                .hasMessageContaining("x   [2Jyyy")
                .message()
                .hasSizeLessThan(600);
    }

    private DeadLetterWindow window(DeadLetterQuota quota) {
        return new DeadLetterWindow(quota, () -> now);
    }

    private static void refuse(DeadLetterWindow window, String reason, int count) {
        for (int i = 0; i < count; i++) {
            window.refused(letter(reason, "bad thing"));
        }
    }

    private static DeadLetter letter(String reason, String detail) {
        return new DeadLetter("samples", 3, 42, 0, reason, detail, null, null, 0, new String[0], new byte[0][]);
    }
}
