package dev.millrace.model.batchsize;

import java.util.ArrayList;
import java.util.List;

/** The specification's traces R1 to R6: what the controller is and what it is told at update k. */
enum Traces {
    R1(200, 64, 0, 16, 16, 4096) {
        @Override
        StepReading reading(int k, int inForce) {
            return Readings.of(inForce, 800, 2, 1, 1);
        }
    },
    R2(60, 64, 0, 16, 512, 4096) {
        @Override
        StepReading reading(int k, int inForce) {
            return Readings.of(inForce, 800, 2, 1, 1);
        }
    },
    R3(200, 64, 0, 16, 16, 64) {
        @Override
        StepReading reading(int k, int inForce) {
            return Readings.of(inForce, 6400, 0.5, 0.4, 1);
        }
    },
    R4(120, 64, 0, 16, 16, 4096) {
        @Override
        StepReading reading(int k, int inForce) {
            return k <= 100 ? Readings.of(512, 800, 2, 1, 1) : Readings.of(inForce, 800, 80, 40, 1);
        }
    },
    R5(200, 32, 2000, 64, 64, 4096) {
        @Override
        StepReading reading(int k, int inForce) {
            return Readings.of(inForce, 800, 2, 1, 1);
        }
    },
    R6(130, 64, 0, 16, 16, 4096) {
        @Override
        StepReading reading(int k, int inForce) {
            double loss = (k % 2 == 1 ? 0.98 : 1.02) + (k > 100 ? 0.05 : 0);
            return Readings.of(512, 800, 0.2, 0.19, loss);
        }
    };

    static final double RATE = 0.1; // lr0

    final int steps;
    private final double updates; // K
    private final double exchange; // r_e
    private final double coldStart; // B0
    private final int floor;
    private final int upper;

    Traces(int steps, double updates, double exchange, double coldStart, int floor, int upper) {
        this.steps = steps;
        this.updates = updates;
        this.exchange = exchange;
        this.coldStart = coldStart;
        this.floor = floor;
        this.upper = upper;
    }

    abstract StepReading reading(int k, int inForce);

    /** Without dead band, as the reference has none; the round's worth and B0 are given. */
    BatchSizeController controller() {
        ControllerSettings settings = ControllerSettings.recommended(new BatchSizeBounds(floor, upper))
                .withDeadBand(0)
                .withRegimes(new Regimes(coldStart, false, exchange));
        return new BatchSizeController(new AnnealedProgress(updates, updates), settings);
    }

    /** States after 0, 1, ... updates. */
    List<BatchSizeState> states() {
        BatchSizeController controller = controller();
        List<BatchSizeState> states = new ArrayList<>(List.of(controller.init()));
        for (int k = 1; k <= steps; k++) {
            BatchSizeState before = states.get(k - 1);
            states.add(controller.observe(before, reading(k, before.batchSize())));
        }
        return states;
    }
}
