package dev.millrace.model.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Weights are small integers, so sums are exact. */
class ClassCountsTest {
    private static ClassCounts of(int classes) {
        ClassCounts counts = new ClassCounts();
        counts.prepare(classes);
        return counts;
    }

    @Test
    void aClassThatNeitherOccursNorIsPredictedCountsNowhere() {
        ClassCounts counts = of(5);
        counts.add(1, 1, 1);
        counts.add(1, 3, 1);

        assertThat(counts.occurring()).isEqualTo(2);
        assertThat(counts.table())
                .containsExactly(new ClassScore(1, 1, 0.5, 2 / 3.0, 2), new ClassScore(3, 0, 0, 0, 0));
        assertThat(counts.macroPrecision()).isEqualTo(0.5);
        assertThat(counts.macroRecall()).isEqualTo(0.25);
        assertThat(counts.macroF1()).isEqualTo(1 / 3.0);
    }

    @Test
    void theTableKeepsTheLargestOfManyClassesAndTheAveragesAllOfThem() {
        ClassCounts counts = of(ClassCounts.MAX_CLASSES);
        for (int k = 0; k < ClassCounts.MAX_CLASSES; k++) counts.add(k, k % 2 == 0 ? k : k - 1, k + 1);

        assertThat(counts.table())
                .hasSize(ClassCounts.MAX_LISTED)
                .extracting(ClassScore::label)
                .startsWith(ClassCounts.MAX_CLASSES - ClassCounts.MAX_LISTED)
                .endsWith(ClassCounts.MAX_CLASSES - 1)
                .isSorted();
        assertThat(counts.occurring()).isEqualTo(ClassCounts.MAX_CLASSES);
        assertThat(counts.macroRecall()).isEqualTo(0.5);
    }

    @Test
    void moreClassesThanTheLimitAreNotCounted() {
        ClassCounts counts = of(ClassCounts.MAX_CLASSES + 1);
        counts.add(ClassCounts.MAX_CLASSES, 0, 1);

        assertThat(counts.table()).isEmpty();
        assertThat(counts.macroF1()).isNaN();
    }

    @Test
    void aClassFadesUntilItNoLongerOccurs() {
        ClassCounts counts = of(2);
        counts.add(0, 0, 1);

        for (int i = 0; i < 700; i++) counts.fade(0.5); // to 2^-700, less than the 10^-200 that counts

        assertThat(counts.occurring()).isZero();
    }
}
