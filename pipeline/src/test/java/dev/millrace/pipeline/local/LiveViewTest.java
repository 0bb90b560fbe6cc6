package dev.millrace.pipeline.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.server.AliasReport;
import dev.millrace.pipeline.server.BatchReport;
import dev.millrace.pipeline.server.ScoreReport;
import dev.millrace.pipeline.server.StepReport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveViewTest {

    private static final long NOW = 1_700_000_000_000L;

    @Test
    void shouldShowEveryFigureWithItsUnit() {
        List<String> screen = LiveView.screen(status(report(0.8123, 0.8766)), 100, false);

        assertThat(screen)
                .containsExactly(
                        "millrace local  ctr" + " ".repeat(65) + "running 00:01:23",
                        "─".repeat(100),
                        "  samples/s           48,000  ▁█                        total            3,204,118",
                        "  loss                0.4312  █▁                        window              0.4371",
                        "  accuracy            81.2 %  ECE 0.0123                AUC                 0.8766",
                        "  batch size             256  plateau                   steps               12,500",
                        "  noise scale            310  live                      drifts                   2",
                        "  learning rate       0.0100                            gradient norm        0.132",
                        "  version             12,515                            freshness            0.8 s",
                        "  published           12,400  3.0 s ago                 refused steps            0");
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 57, 65, 66, 80, 81, 82, 100})
    void shouldFitTheTerminalWithoutCuttingAFigure(int width) {
        List<String> screen = LiveView.screen(status(report(0.8123, 0.8766)), width, false);

        assertThat(screen).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
        assertThat(screen).noneMatch(line -> line.contains("…"));
        assertThat(screen).anyMatch(line -> line.endsWith("  3,204,118")).anyMatch(line -> line.contains("48,000"));
    }

    @Test
    void shouldDrawTheNewestPointsWhereThereIsNoRoomForAll() {
        LiveHistory history = new LiveHistory("ctr");
        for (int i = 0; i < LiveHistory.POINTS - 1; i++) history.add(report(0.5, 0.5));
        history.add(new StepReport(
                "ctr",
                NOW,
                2,
                7,
                2,
                2,
                99_000,
                0.5,
                9,
                9,
                9,
                0.5,
                0.5,
                scores(),
                256,
                batch(""),
                0.01,
                0.1,
                0,
                0,
                NOW,
                List.of(),
                AliasReport.NONE));

        List<String> screen = LiveView.screen(history.at(NOW, 90_000), 80, false);

        assertThat(screen).anyMatch(line -> line.contains("▁".repeat(21) + "█  total"));
    }

    @Test
    void shouldSayTheSameOnOneLine() {
        String line = LiveView.line(status(report(0.8123, 0.8766)));

        assertThat(line)
                .isEqualTo("00:01:23  48,000 samples/s  loss 0.4312  accuracy 81.2 %  AUC 0.8766  batch 256"
                        + "  lr 0.0100  version 12,515  published 12,400  freshness 0.8 s");
    }

    @Test
    void shouldNameTheChampionOnceThereIsOne() {
        LiveHistory history = new LiveHistory("ctr");
        history.add(report(0.8123, 0.8766, new AliasReport(12_340L, 12_400L, true, 9, List.of(), List.of())));
        history.published(12_400, NOW - 3_000);
        LiveStatus status = history.at(NOW, 83_000);

        assertThat(LiveView.line(status)).contains("published 12,400, champion 12,340, pinned  freshness");
        assertThat(LiveView.screen(status, 100, false))
                .anyMatch(line -> line.matches("  champion +12,340  pinned +revision +9"));
        assertThat(LiveView.line(status(report(0.8123, 0.8766)))).doesNotContain("champion");
    }

    @Test
    void shouldLeaveOutWhatARegressionDoesNotHave() {
        LiveStatus status = status(report(Double.NaN, Double.NaN));

        assertThat(LiveView.line(status)).doesNotContain("accuracy", "AUC", "NaN");
        assertThat(LiveView.screen(status, 100, false))
                .noneMatch(line -> line.contains("accuracy"))
                .anyMatch(line -> line.matches(" +RMSE +1\\.50 +R2 +0\\.8100"));
    }

    @Test
    void shouldSayThatItWaits() {
        LiveStatus status = new LiveHistory("ctr").at(NOW, 0);

        assertThat(LiveView.line(status)).isEqualTo("00:00:00  waiting for the first step");
        assertThat(LiveView.screen(status, 80, false)).hasSize(3).last().isEqualTo("waiting for the first step");
    }

    @Test
    void shouldSayWhenTheFiguresNoLongerMove() {
        LiveHistory history = new LiveHistory("ctr");
        history.add(report(0.5, 0.5));

        List<String> screen = LiveView.screen(history.at(NOW + 10_000, 90_000), 100, false);

        assertThat(screen).anyMatch(line -> line.contains("last report 10.0 s ago"));
    }

    @Test
    void shouldWriteNoEscapeSequenceWhereThereIsNoTerminal() {
        assertThat(drawn(false, Map.of("TERM", "xterm"))).hasLineCount(2).doesNotContain("\u001b");
        assertThat(drawn(true, Map.of("TERM", "dumb"))).doesNotContain("\u001b");
    }

    @Test
    void shouldRedrawInPlaceOnATerminalAndHonorNoColor() {
        assertThat(drawn(true, Map.of("TERM", "xterm", "COLUMNS", "80"))).contains("\u001b[10A", "\u001b[1m");
        assertThat(drawn(true, Map.of("TERM", "xterm", "COLUMNS", "80", "NO_COLOR", "1")))
                .contains("\u001b[10A")
                .doesNotContain("\u001b[1m", "\u001b[2m");
    }

    @Test
    void shouldDrawACurveFromLowestToHighest() {
        assertThat(Sparkline.of(new double[] {1, 2, Double.NaN, 8})).isEqualTo("▁▂ █");
        assertThat(Sparkline.of(new double[] {3, 3})).isEqualTo("▁▁");
        assertThat(Sparkline.of(new double[] {})).isEmpty();
    }

    private static String drawn(boolean terminal, Map<String, String> environment) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LiveScreen screen = LiveScreen.of(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, environment);
        screen.draw(status(report(0.8, 0.9)));
        screen.draw(status(report(0.8, 0.9)));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static LiveStatus status(StepReport newest) {
        LiveHistory history = new LiveHistory("ctr");
        history.add(new StepReport(
                "ctr",
                NOW - 1_000,
                1,
                7,
                1,
                1,
                24_000,
                1,
                0.6,
                0.6,
                0.6,
                0.5,
                0.5,
                scores(),
                128,
                batch("initial"),
                0.01,
                0.2,
                0,
                0,
                0,
                List.of(),
                AliasReport.NONE));
        history.add(newest);
        history.published(12_400, NOW - 3_000);
        return history.at(NOW, 83_000);
    }

    private static StepReport report(double accuracy, double auc) {
        return report(accuracy, auc, AliasReport.NONE);
    }

    private static StepReport report(double accuracy, double auc, AliasReport aliases) {
        return new StepReport(
                "ctr",
                NOW,
                12_515,
                7,
                12_500,
                3_204_118,
                24_000,
                0.5,
                0.4312,
                0.4371,
                0.44,
                accuracy,
                auc,
                Double.isNaN(accuracy) ? errors() : scores(),
                256,
                batch("plateau"),
                0.01,
                0.1321,
                0,
                0,
                NOW - 800,
                List.of(),
                aliases);
    }

    private static ScoreReport scores() {
        return scores(0.0123, Double.NaN, Double.NaN);
    }

    private static ScoreReport errors() {
        return scores(Double.NaN, 1.5, 0.81);
    }

    private static ScoreReport scores(double calibrationError, double rmse, double r2) {
        return new ScoreReport(0.8, 0.8, 0.8, calibrationError, 0.1, Double.NaN, rmse, 1, r2, List.of());
    }

    private static BatchReport batch(String reason) {
        return new BatchReport(reason, 256, 310.4, 0.1, "live", "none", false, 2, 24_000, 120, 1e-4, 1e-6);
    }
}
