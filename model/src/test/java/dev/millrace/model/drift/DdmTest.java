package dev.millrace.model.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DdmTest {

    /**
     * By hand: 40 predictions, every fourth wrong, give p = 1/4 and s = sqrt(3/16 / 40) = 0.0685, so warning above 0.387 and
     * drift above 0.455. After k more wrong ones p = (10 + k) / (40 + k): with 4, 0.318 + 0.070 = 0.388 is a warning; with 7,
     * 0.362 + 0.070 = 0.432 is not yet a drift; with 8, 0.375 + 0.070 = 0.445; with 9, 0.388 + 0.070 = 0.457 is.
     */
    @Test
    void theWorkedExampleWarnsAndThenFires() {
        Ddm ddm = new Ddm(new Ddm.Constants(2, 3, 40));
        double[] quiet = new double[40];
        Arrays.setAll(quiet, t -> t % 4 == 3 ? 1 : 0);
        assertThat(Streams.fires(ddm, quiet)).isEmpty();

        for (int k = 1; k <= 8; k++) {
            assertThat(ddm.observe(1)).as("wrong in a row: %d", k).isFalse();
            assertThat(ddm.warning()).as("wrong in a row: %d", k).isEqualTo(k >= 4);
        }

        assertThat(ddm.observe(1)).isTrue();
        assertThat(ddm.warning()).isFalse();
    }

    @Test
    void theDecisionDoesNotDependOnTheUnitOfTheLoss() {
        double[] values = Streams.values("noise", "300@50 100@53", 7);
        double[] scaled = Arrays.stream(values).map(x -> Math.scalb(x, -20)).toArray();

        List<Integer> fires = Streams.fires(new Ddm(Ddm.Constants.DEFAULT), scaled);

        assertThat(fires).isEqualTo(Streams.fires(new Ddm(Ddm.Constants.DEFAULT), values));
        assertThat(fires.get(0)).isGreaterThan(300);
    }
}
