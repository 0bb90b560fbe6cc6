package dev.millrace.pipeline.counting;

import dev.millrace.pipeline.server.FeedbackPoison;
import dev.millrace.pipeline.server.StepReport;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.RichMapFunction;

/** Behind the server and in its slot, hence also where the feedback source can be reached. */
final class ReportsSeen extends RichMapFunction<StepReport, StepReport> {
    private static final long serialVersionUID = 1L;

    private final Faults faults;

    ReportsSeen(Faults faults) {
        this.faults = faults;
    }

    @Override
    public StepReport map(StepReport report) throws InterruptedException {
        faults.hit(Faults.Point.AFTER_SERVER);
        if (faults.strikes(Faults.Point.FEEDBACK)) poisonFeedback();
        return report;
    }

    /** Again and again until the job is torn down: the server may replace the poison before it is taken. */
    private void poisonFeedback() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < end) {
            FeedbackPoison.publish(getRuntimeContext().getMetricGroup());
            TimeUnit.MICROSECONDS.sleep(50);
        }
        throw new IllegalStateException("the feedback source did not fail");
    }
}
