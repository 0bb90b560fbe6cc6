package dev.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cutting a snapshot into parts and putting it together, or refusing to. */
class SnapshotPartsTest {
    private static final SnapshotParts PARTS = split(Models.SMALL, Models.ramp(11), 16); // 4 + 4 + 3 values

    @ParameterizedTest
    @CsvSource({"1, 4", "1, 1000000", "10, 4", "10, 7", "10, 44", "10, 43", "10, 48", "4096, 1024", "4097, 4099"})
    void whatWasSplitComesTogetherBitForBit(int inputs, int maxPartBytes) {
        ModelSpec spec = Models.linear(inputs);
        float[] parameters = Models.ramp(inputs + 1);
        parameters[0] = -0f;
        parameters[1] = Float.MIN_VALUE;

        SnapshotParts parts = split(spec, parameters, maxPartBytes);
        Snapshot snapshot = assemble(SnapshotManifest.fromJson(parts.manifest().toJson()), parts.parts());

        assertThat(snapshot.parameters()).containsExactly(parameters);
        assertThat(snapshot.manifest()).isEqualTo(parts.manifest());
        assertThat(snapshot.manifest().modelSpec()).isEqualTo(spec);
        assertThat(parts.parts()).allMatch(part -> part.length <= maxPartBytes);
    }

    @Test
    void aMissingPartIsRefusedInTheMiddleAndAtTheEnd() {
        List<byte[]> parts = PARTS.parts();
        SnapshotAssembler middle = new SnapshotAssembler(PARTS.manifest());
        SnapshotAssembler end = new SnapshotAssembler(PARTS.manifest());

        middle.add(0, parts.get(0));
        end.add(0, parts.get(0));
        end.add(1, parts.get(1));

        assertThatThrownBy(() -> middle.add(2, parts.get(2)))
                .isInstanceOf(SnapshotException.class)
                .hasMessage("snapshot small version 7: part 1 of 3 must come next. Received: part 2");
        assertThatThrownBy(end::finish)
                .isInstanceOf(SnapshotException.class)
                .hasMessage("snapshot small version 7: 3 parts were announced. Received: 2");
    }

    @Test
    void aDuplicatedPartIsRefused() {
        SnapshotAssembler assembler = new SnapshotAssembler(PARTS.manifest());
        assembler.add(0, PARTS.parts().get(0));

        assertThatThrownBy(() -> assembler.add(0, PARTS.parts().get(0)))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("part 1 of 3 must come next. Received: part 0");
    }

    @Test
    void partsInAnotherOrderAreRefusedEvenUnderTheRightNumbers() {
        SnapshotAssembler assembler = new SnapshotAssembler(PARTS.manifest());

        assertThatThrownBy(() -> assembler.add(0, PARTS.parts().get(1)))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("part 0 is damaged");
    }

    @Test
    void onePartTooManyIsRefused() {
        SnapshotAssembler assembler = new SnapshotAssembler(PARTS.manifest());
        for (int i = 0; i < 3; i++) assembler.add(i, PARTS.parts().get(i));

        assertThatThrownBy(() -> assembler.add(3, new byte[4]))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("Received: part 3");
        assertThat(assembler.finish().parameters()).containsExactly(Models.ramp(11));
    }

    @Test
    void anyFlippedBitIsRefused() {
        byte[] part = PARTS.parts().get(0);
        for (int bit = 0; bit < 8 * part.length; bit++) {
            byte[] damaged = part.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            SnapshotAssembler assembler = new SnapshotAssembler(PARTS.manifest());

            assertThatThrownBy(() -> assembler.add(0, damaged)).isInstanceOf(SnapshotException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 12, 15, 17, 20})
    void aPartOfAnotherSizeIsRefused(int size) {
        SnapshotAssembler assembler = new SnapshotAssembler(PARTS.manifest());

        assertThatThrownBy(() -> assembler.add(0, new byte[size]))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("part 0 must have 16 bytes. Received: " + size);
    }

    @Test
    void partsThatAreRightEachButNotTogetherAreRefused() {
        SnapshotManifest good = PARTS.manifest();
        SnapshotManifest bad = new SnapshotManifest(
                1, "small", 7, 0, good.spec(), "F32", 11, good.parts(), Checksums.of(new byte[0]), Map.of());

        assertThatThrownBy(() -> assemble(bad, PARTS.parts()))
                .isInstanceOf(SnapshotException.class)
                .hasMessage("snapshot small version 7 is damaged: its SHA-256 is not the announced one");
    }

    @Test
    void aManifestOfAnotherModelIsRefusedBeforeAnyPart() {
        SnapshotManifest good = PARTS.manifest();
        SnapshotManifest bad = new SnapshotManifest(
                1, "small", 7, 0, Models.linear(11).toJson(), "F32", 11, good.parts(), good.sha256(), Map.of());

        assertThatThrownBy(() -> new SnapshotAssembler(bad))
                .isInstanceOf(SnapshotException.class)
                .hasMessage("snapshot small version 7: its model has 12 parameters. Announced: 11");
    }

    @Test
    void noRoomIsMadeForPartsThatWereOnlyAnnounced() {
        SnapshotAssembler assembler = new SnapshotAssembler(Models.hugeManifest()); // 8 GB: more than these tests' heap

        assertThatThrownBy(assembler::finish)
                .isInstanceOf(SnapshotException.class)
                .hasMessage("snapshot huge version 7: 4 parts were announced. Received: 0");
    }

    @Test
    void parametersThatAreNotFiniteAreNoSnapshot() {
        float[] parameters = Models.ramp(11);
        parameters[10] = Float.NaN;
        SnapshotParts parts = split(Models.SMALL, parameters, 16);

        assertThatThrownBy(() -> assemble(parts.manifest(), parts.parts()))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("not finite");
    }

    @Test
    void splittingRefusesTheWrongNumberOfParametersAndPartsWithoutRoom() {
        assertThatThrownBy(() -> split(Models.SMALL, new float[10], 16))
                .hasMessage("model small has 11 parameters. Received: 10");
        assertThatThrownBy(() -> split(Models.SMALL, new float[11], 3))
                .hasMessage("publish.max-part-bytes must be >= 4. Received: 3");
    }

    private static SnapshotParts split(ModelSpec spec, float[] parameters, int maxPartBytes) {
        return SnapshotParts.split(spec, 7, Models.CREATED, parameters, Map.of("samples", "12"), maxPartBytes);
    }

    private static Snapshot assemble(SnapshotManifest manifest, List<byte[]> parts) {
        SnapshotAssembler assembler = new SnapshotAssembler(manifest);
        List<byte[]> copies = new ArrayList<>(parts);
        for (int i = 0; i < copies.size(); i++) assembler.add(i, copies.get(i));
        return assembler.finish();
    }
}
