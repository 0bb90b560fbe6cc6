package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.cli.Ran;
import dev.millrace.pipeline.job.GatedJob;
import dev.millrace.pipeline.server.GateOutcome;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Of a job that trains and publishes, a server that follows its champion, and clients that ask it all the time. */
@Timeout(240)
class RollbackUnderTrafficTest {
    private static final int CLIENTS = 4;

    /** From the command's answer to the last request that is still answered by the version before: checkpoint, poll, load. */
    private static final Duration BOUND = Duration.ofSeconds(10);

    /** Far enough from one another that no two versions predict the same of all of them. */
    private static final float[][] ROWS = {{0.3f, -0.9f, 0.2f, 0.7f}, {-0.2f, 0.4f, 0.8f, -0.6f}, {0.1f, 1, -1, 0.5f}};

    private static final String BODY =
            "{\"instances\": [[0.3, -0.9, 0.2, 0.7], [-0.2, 0.4, 0.8, -0.6], [0.1, 1, -1, 0.5]]}";

    /** What is added up in another order in float32 differs by no more: five terms, each within 30. */
    private static final double ROUNDING = 1e-5;

    @TempDir
    Path directory;

    @Test
    void everyRequestIsAnsweredByTheVersionItNamesAndTheChampionGoesBackOnceAndForAll() throws Exception {
        try (GatedJob job = new GatedJob(directory)) {
            job.start("publish.retained-versions=100000"); // so that each answer can be compared with its version
            Aliases two = job.twoChampions();
            long taken = Objects.requireNonNull(two.champion());
            long kept = Objects.requireNonNull(two.previous());
            Traffic ended;
            try (Served served = Served.of(server(job.published()), HttpClient.newHttpClient());
                    Traffic traffic = new Traffic(served, "/models/halves/predict", BODY, CLIENTS)) {
                ended = traffic;
                traffic.awaitAll(taken);

                long commanded = rolledBack(job, two);
                traffic.awaitAll(kept);
                List<List<Traffic.Answer>> sofar = traffic.answers();
                assertThat(sofar)
                        .allSatisfy(answers -> assertThat(runs(answers)).containsExactly(taken, kept));
                assertOnceAndForAll(sofar, taken, kept, commanded);

                long promoted = promotedByTheGate(job, kept);
                traffic.awaitAll(promoted);
                assertPinnedRollback(job, traffic, promoted);
            }

            assertThat(ended.failures()).isEmpty();
            List<Long> champions = job.audited().stream().map(AliasChange::to).toList();
            assertThat(ended.answers())
                    .allSatisfy(answers -> assertThat(champions).containsSubsequence(runs(answers)));
            assertEachAnswerIsOfItsVersion(ended.answers(), job.published());
        }
    }

    private static ModelServer server(SnapshotDirectory published) {
        Following champion = new Following(new VersionChoice(Aliases.CHAMPION), Duration.ofMillis(20), null);
        return new ModelServer(Served.settings(null, null), ModelPlace.directory(Path.of(published.place())), champion);
    }

    private static long rolledBack(GatedJob job, Aliases before) throws Exception {
        Ran ran = Ran.millrace("snapshot", "rollback", "--config", job.file().toString(), "--reason", "complaints");
        long commanded = System.nanoTime();

        assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
        Aliases after = job.awaitAliases(aliases -> Objects.equals(aliases.champion(), before.previous()));
        assertThat(after.pinned()).isFalse();
        assertThat(after.previous())
                .as("two who both roll back do not undo each other")
                .isNull();
        AliasChange last = job.lastAudited();
        assertThat(last.kind()).isEqualTo(AliasChange.Kind.ROLLBACK);
        assertThat(last.from()).isEqualTo(before.champion());
        assertThat(last.to()).isEqualTo(before.previous());
        assertThat(last.who()).isEqualTo(System.getProperty("user.name"));
        assertThat(last.reason()).isEqualTo("complaints");
        return commanded;
    }

    /** Who asks after anybody was answered by the older version is answered by it, too. */
    private static void assertOnceAndForAll(List<List<Traffic.Answer>> clients, long taken, long kept, long commanded) {
        List<Traffic.Answer> all = clients.stream().flatMap(List::stream).toList();
        long firstBack = all.stream()
                .filter(answer -> answer.version() == kept)
                .mapToLong(Traffic.Answer::answered)
                .min()
                .orElseThrow();
        long lastTaken = all.stream()
                .filter(answer -> answer.version() == taken)
                .mapToLong(Traffic.Answer::asked)
                .max()
                .orElseThrow();

        assertThat(lastTaken).isLessThan(firstBack);
        Duration late = Duration.ofNanos(lastTaken - commanded);
        System.out.println(
                "the last request that the version before answered: " + late.toMillis() + " ms after the command");
        assertThat(late).isLessThan(BOUND);
    }

    /** What a person chose is what the next one is compared with, and goes back to. */
    private static long promotedByTheGate(GatedJob job, long kept) throws Exception {
        int before = job.audited().size();
        job.produce(4_000, true);
        job.awaitAnotherChampion(kept);
        Aliases after = job.allPublished();

        AliasChange first = job.audited().get(before);
        assertThat(first.kind()).isEqualTo(AliasChange.Kind.PROMOTE);
        assertThat(first.who()).isEqualTo(AliasChange.GATE);
        assertThat(first.from()).isEqualTo(kept);
        assertThat(reason(job, Objects.requireNonNull(first.to()))).isIn("better", "within-bound");
        assertThat(after.pinned()).isFalse();
        assertThat(after.champion()).isEqualTo(job.lastAudited().to());
        assertThat(after.previous()).isEqualTo(job.lastAudited().from());
        return Objects.requireNonNull(after.champion());
    }

    private static String reason(GatedJob job, long version) {
        // The report of a decision may come after its version.
        if (job.decisions().stream().noneMatch(decision -> decision.version() == version)) {
            job.await(report ->
                    report.aliases().decisions().stream().anyMatch(decision -> decision.version() == version));
        }
        return job.decisions().stream()
                .filter(decision -> decision.version() == version)
                .map(GateOutcome::reason)
                .findFirst()
                .orElseThrow();
    }

    /** Where it is pinned the gate leaves it, however good what comes is. */
    private static void assertPinnedRollback(GatedJob job, Traffic traffic, long promoted) throws Exception {
        long back = Objects.requireNonNull(
                Objects.requireNonNull(job.published().aliases()).previous());
        List<Integer> until = traffic.answers().stream().map(List::size).toList();

        Ran ran = Ran.millrace(
                "snapshot", "rollback", "--pin", "--config", job.file().toString());
        assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
        traffic.awaitAll(back);
        int changes = job.audited().size();
        job.produce(1_000, true);
        job.await(report -> report.aliases().decisions().stream()
                .anyMatch(decision -> decision.reason().equals("pinned")));
        Aliases after = job.allPublished();

        assertThat(after.pinned()).isTrue();
        assertThat(after.champion()).isEqualTo(back);
        assertThat(job.audited()).as("the gate changed nothing").hasSize(changes);
        assertThat(job.lastAudited().pinned()).isTrue();
        List<List<Traffic.Answer>> clients = traffic.answers();
        for (int i = 0; i < CLIENTS; i++) {
            List<Traffic.Answer> since =
                    clients.get(i).subList(until.get(i) - 1, clients.get(i).size());
            assertThat(runs(since)).containsExactly(promoted, back);
        }
    }

    /** Versions in the order of the answers, each as often as they came to it. */
    private static List<Long> runs(List<Traffic.Answer> answers) {
        List<Long> runs = new ArrayList<>();
        for (Traffic.Answer answer : answers) {
            if (runs.isEmpty() || runs.get(runs.size() - 1) != answer.version()) runs.add(answer.version());
        }
        return runs;
    }

    private static void assertEachAnswerIsOfItsVersion(List<List<Traffic.Answer>> clients, SnapshotDirectory store) {
        Map<Long, double[]> expected = new HashMap<>();
        int answers = 0;
        for (List<Traffic.Answer> client : clients) {
            for (Traffic.Answer answer : client) {
                double[] outputs = expected.computeIfAbsent(answer.version(), version -> predicted(store, version));
                assertThat(answer.outputs()).hasSize(outputs.length);
                for (int row = 0; row < outputs.length; row++) {
                    assertThat((double) answer.outputs().get(row)).isCloseTo(outputs[row], offset(ROUNDING));
                }
                answers++;
            }
        }
        assertToldApart(List.copyOf(expected.values()));
        System.out.printf("%d answers by %d versions, each as its version predicts%n", answers, expected.size());
    }

    /** By hand: {@code sigmoid(w x + b)}. */
    private static double[] predicted(SnapshotDirectory store, long version) {
        float[] parameters = store.load(version).parameters(); // four weights and the bias
        double[] outputs = new double[ROWS.length];
        for (int row = 0; row < ROWS.length; row++) {
            double sum = parameters[4];
            for (int i = 0; i < 4; i++) sum += (double) parameters[i] * ROWS[row][i];
            outputs[row] = 1 / (1 + Math.exp(-sum));
        }
        return outputs;
    }

    /** Or an answer that names another version than it is of would not show. */
    private static void assertToldApart(List<double[]> versions) {
        for (int i = 0; i < versions.size(); i++) {
            for (int k = 0; k < i; k++) {
                double apart = 0;
                for (int row = 0; row < ROWS.length; row++) {
                    apart = Math.max(apart, Math.abs(versions.get(i)[row] - versions.get(k)[row]));
                }
                assertThat(apart).as("between two versions that served").isGreaterThan(2 * ROUNDING);
            }
        }
    }
}
