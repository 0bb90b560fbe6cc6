package dev.millrace.model.engine.cuda.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.model.engine.cuda.Cuda;
import dev.millrace.model.engine.cuda.Precision;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On a machine with a GPU what {@code deploy/gpu/check.sh} compares there is part of the tests. */
class ParityOnDeviceTest {

    @ParameterizedTest
    @EnumSource(Precision.class)
    void everyKindOfLayerAgreesWithTheCpu(Precision precision) {
        assumeTrue(Cuda.missing() == null, () -> "nothing ran on a GPU: " + Cuda.missing());

        assertThat(Parity.run(List.of(precision), 1)).as("layers that differ").isZero();
    }
}
