package dev.millrace.pipeline.minibatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.TrainingLoop;
import dev.millrace.pipeline.source.Sample;
import dev.millrace.pipeline.source.SampleSerializer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchStamperTest {
    private OneInputStreamOperatorTestHarness<Sample, Sample> harness;
    private LocalLink link;
    private Sample last = new Sample();

    @BeforeEach
    void open() throws Exception {
        BatchStamper stamper = new BatchStamper(4, TrainingLoop.DEAD_LETTERS);
        harness = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(stamper), SampleSerializer.INSTANCE);
        harness.setup(SampleSerializer.INSTANCE);
        harness.open();
        link = LocalLinks.of(stamper.getRuntimeContext());
        link.openWorker(0); // forgets what another test left
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void samplesAreCountedThroughTheirMiniBatchAndTheLastOneCloses() throws Exception {
        assertThat(positions(6)).containsExactly("0", "1", "2", "3 closes", "0", "1");
    }

    @Test
    void aLargerSizeBeginsWithTheNextMiniBatch() throws Exception {
        List<String> positions = new ArrayList<>(positions(2));
        link.setBatchSize(6);
        positions.addAll(positions(8));

        assertThat(positions).containsExactly("0", "1", "2", "3 closes", "0", "1", "2", "3", "4", "5 closes");
    }

    @Test
    void aMiniBatchThatAlreadyHoldsASmallerSizeIsClosedAtTheNextSample() throws Exception {
        List<String> positions = new ArrayList<>(positions(3));
        link.setBatchSize(2);
        positions.addAll(positions(3));

        assertThat(positions).containsExactly("0", "1", "2", "3 closes", "0", "1 closes");
    }

    @Test
    void aMiniBatchThatIsSmallerThanTheNewSizeFillsUpToIt() throws Exception {
        List<String> positions = new ArrayList<>(positions(1));
        link.setBatchSize(3);
        positions.addAll(positions(3));

        assertThat(positions).containsExactly("0", "1", "2 closes", "0");
    }

    @Test
    void aMiniBatchThatWasClosedByItsAgeGetsNoMoreSamples() throws Exception {
        long filled = batchOf(positions(2));
        link.emitted(filled);

        assertThat(positions(2)).containsExactly("0", "1");
        assertThat(last.batchId).isNotEqualTo(filled);
    }

    /** A window that a rescale brought here fires at its own time. */
    @Test
    void aMiniBatchOfAnotherSubtaskThatFiresMeanwhileChangesNothing() throws Exception {
        long filled = batchOf(positions(2));
        link.emitted(filled);
        link.emitted(filled + 1);

        assertThat(positions(1)).as("its own was closed before that").containsExactly("0");

        long next = batchOf(positions(1));
        link.emitted(filled + 1);

        assertThat(positions(1)).as("its own is open").containsExactly("2");
        assertThat(last.batchId).isEqualTo(next);
    }

    private long batchOf(List<String> stamped) {
        assertThat(stamped).isNotEmpty();
        return last.batchId;
    }

    private List<String> positions(int samples) throws Exception {
        List<String> positions = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            Sample sample = new Sample();
            harness.processElement(new StreamRecord<>(sample));
            last = sample;
            positions.add(sample.position + (sample.closes ? " closes" : ""));
        }
        return positions;
    }
}
