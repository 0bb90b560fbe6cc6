package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When parameters leave between checkpoints, and what of them. */
class LiveParametersTest {
    private static final long INTERVAL = 250;
    private static final ModelSpec SPEC = ModelSpec.fromYaml("""
            name: halves
            inputs: 2
            layers: [{dense: {units: 1}}]
            loss: mean_squared_error
            """);

    private final Outlet outlet = new Outlet();
    private final ServerSettings settings =
            new ServerFixture("halves", SPEC.toJson(), BatchSettings.fixed(32)).settings();
    private final TrainingState state = Trainers.create(settings, null, false).state();
    private final LiveParameters live =
            new LiveParameters(new LiveSettings(() -> outlet, INTERVAL), settings, 0xabcL, 0);

    /** Keeps what it is sent, and is idle when the test says so. */
    private static final class Outlet implements LiveOutlet {
        private final List<LiveState> sent = new ArrayList<>();
        private final List<float[]> parameters = new ArrayList<>();
        private boolean idle = true;

        @Override
        public boolean isIdle() {
            return idle;
        }

        @Override
        public void send(LiveState next) {
            sent.add(next);
            parameters.add(next.parameters().clone());
        }

        @Override
        public long sent() {
            return sent.size();
        }

        @Override
        public long failed() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private void step(float value) {
        state.version++;
        state.steps++;
        state.parameters[0] = value;
    }

    private static long millis(long millis) {
        return millis * 1_000_000;
    }

    @Test
    void aModelThatHasLearntNothingDoesNotLeave() {
        live.offer(state, millis(10_000));

        assertThat(outlet.sent).isEmpty();
    }

    @Test
    void leavesAtMostOncePerIntervalAndOnlyAfterAStep() {
        step(1);
        live.offer(state, 0);
        step(2);
        live.offer(state, millis(INTERVAL - 1));
        step(3);
        live.offer(state, millis(INTERVAL));
        live.offer(state, millis(10 * INTERVAL));

        assertThat(outlet.parameters).extracting(each -> each[0]).containsExactly(1f, 3f);
    }

    @Test
    void saysThatNoCheckpointCoversItAndWhichLifeSentIt() {
        step(1);
        state.maxEventTime = 77;
        live.offer(state, 0);
        step(2);
        live.offer(state, millis(INTERVAL));

        assertThat(outlet.sent.get(1).version()).isEqualTo(state.version);
        assertThat(outlet.sent.get(1).provenance())
                .containsEntry("covered", "false")
                .containsEntry("incarnation", "abc")
                .containsEntry("sequence", "2")
                .containsEntry("steps", "2")
                .containsEntry("maxEventTime", "77")
                .containsEntry("code", "millrace");
    }

    @Test
    void afterAChangeOfRolesItSaysWhichModelItIs() {
        String other = SPEC.toJson().replace("\"units\":1", "\"units\":1,\"activation\":\"tanh\"");
        step(1);
        live.offer(state, 0);

        live.follow(new ServerFixture("halves", other, BatchSettings.fixed(32)).settings());
        step(2);
        live.offer(state, millis(INTERVAL));

        assertThat(outlet.sent).extracting(LiveState::modelJson).containsExactly(SPEC.toJson(), other);
    }

    @Test
    void whatIsDueWhileTheOneBeforeIsUnderWayIsLeftOutAndTheNewestComesAfterIt() {
        outlet.idle = false;
        for (int i = 1; i <= 5; i++) {
            step(i);
            live.offer(state, millis(i * INTERVAL));
        }
        outlet.idle = true;
        step(6);
        live.offer(state, millis(5 * INTERVAL + 1));

        assertThat(outlet.parameters).extracting(each -> each[0]).containsExactly(6f);
        assertThat(live.leftOut().getCount()).as("waits, not steps").isEqualTo(1);
    }

    @Test
    void whatIsNotFiniteNeverLeaves() {
        step(Float.NaN);
        live.offer(state, 0);
        step(Float.POSITIVE_INFINITY);
        live.offer(state, millis(INTERVAL));
        step(3);
        live.offer(state, millis(2 * INTERVAL));

        assertThat(outlet.parameters).extracting(each -> each[0]).containsExactly(3f);
        assertThat(live.refused().getCount()).isEqualTo(2);
    }

    @Test
    void aRestoredModelLeavesAtOnceSoThatReadersFollowTheNewLife() {
        state.steps = 1_000;

        live.offer(state, 0);

        assertThat(outlet.sent).hasSize(1);
    }
}
