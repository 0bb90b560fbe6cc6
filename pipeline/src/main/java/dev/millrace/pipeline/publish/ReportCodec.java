package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.server.StepReport;
import dev.millrace.schemas.TrainingReport;
import dev.millrace.schemas.wire.AvroFraming;

/** Reports as they travel: {@link TrainingReport} in Avro's single-object encoding. */
public final class ReportCodec {

    private final AvroFraming<TrainingReport> framing = new AvroFraming<>(TrainingReport.class);

    public byte[] encode(StepReport r) {
        return framing.encode(new TrainingReport(
                r.model(),
                r.time(),
                r.version(),
                r.incarnation(),
                r.steps(),
                r.totalSamples(),
                r.samples(),
                r.seconds(),
                r.loss(),
                r.windowLoss(),
                r.fadingLoss(),
                r.accuracy(),
                r.auc(),
                r.batchSize(),
                r.batchSizeReason(),
                r.learningRate(),
                r.gradientNorm(),
                r.staleGradients(),
                r.refusedSteps(),
                r.maxEventTime()));
    }

    /** @throws IllegalArgumentException if the bytes are no report */
    public StepReport decode(byte[] bytes) {
        TrainingReport r = framing.decode(bytes);
        return new StepReport(
                r.getModel(),
                r.getTime(),
                r.getVersion(),
                r.getIncarnation(),
                r.getSteps(),
                r.getTotalSamples(),
                r.getSamples(),
                r.getSeconds(),
                r.getLoss(),
                r.getWindowLoss(),
                r.getFadingLoss(),
                r.getAccuracy(),
                r.getAuc(),
                r.getBatchSize(),
                r.getBatchSizeReason(),
                r.getLearningRate(),
                r.getGradientNorm(),
                r.getStaleGradients(),
                r.getRefusedSteps(),
                r.getMaxEventTime());
    }
}
