package dev.millrace.pipeline.minibatch;

import java.util.concurrent.ThreadLocalRandom;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.util.Collector;

/** Sends a closed mini-batch to the worker and tells the link. */
public final class MiniBatchEmitter extends ProcessWindowFunction<MiniBatch, MiniBatch, Integer, MiniBatchWindow> {
    private static final long serialVersionUID = 1L;

    private transient LocalLink link;

    @SuppressWarnings("NullAway.Init") // Flink calls open before the first element
    public MiniBatchEmitter() {}

    @Override
    public void open(OpenContext context) {
        link = LocalLinks.of(getRuntimeContext());
        link.openIngest(ThreadLocalRandom.current().nextLong());
    }

    @Override
    public void process(Integer key, Context context, Iterable<MiniBatch> packed, Collector<MiniBatch> out) {
        for (MiniBatch batch : packed) { // exactly one: windows are pre-aggregated
            batch.token = link.token();
            link.emitted(context.window().batchId());
            out.collect(batch);
        }
    }
}
