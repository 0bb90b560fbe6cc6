package dev.millrace.pipeline.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.pipeline.server.AliasReport;
import dev.millrace.pipeline.server.ClassReport;
import dev.millrace.pipeline.server.GateOutcome;
import dev.millrace.pipeline.server.ReportFixture;
import dev.millrace.pipeline.server.StepReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportCodecTest {

    @Test
    void aReportArrivesAsItWasMade() {
        StepReport made = ReportFixture.binary(
                "bids",
                List.of(
                        new ClassReport(0, "LOST", 0.9, 0.8, 0.85, 700),
                        new ClassReport(1, "", 0.7, 0.9, 0.79, 300.5)));

        StepReport arrived = new ReportCodec().decode(new ReportCodec().encode(made));

        assertThat(arrived).isEqualTo(made); // bit for bit, the NaN of other kinds of models included
    }

    @Test
    void andSoDoesWhatWasSaidOfAChallenger() {
        AliasReport aliases = new AliasReport(
                null,
                7L,
                false,
                3,
                List.of(),
                List.of(new AliasChange(3, 5, AliasChange.Kind.SWAP, null, null, false, "rule", "", "better")),
                List.of(new GateOutcome(7, "promoted", "promoted", "loss 0.4 against 0.5")));
        StepReport made = ReportFixture.binary("rival", List.of(), aliases);

        assertThat(new ReportCodec().decode(new ReportCodec().encode(made))).isEqualTo(made);
    }
}
