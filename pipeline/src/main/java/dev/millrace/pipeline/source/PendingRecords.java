package dev.millrace.pipeline.source;

import java.util.function.Consumer;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.groups.OperatorIOMetricGroup;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.runtime.metrics.groups.ProxyMetricGroup;
import org.apache.flink.util.UserCodeClassLoader;

/**
 * A reader's context that lets someone else see the gauge of its pending records, too: a reader knows how many records
 * wait in its partitions, and tells nobody but the metrics.
 */
final class PendingRecords implements SourceReaderContext {
    private final SourceReaderContext context;
    private final SourceReaderMetricGroup metrics;

    PendingRecords(SourceReaderContext context, Consumer<Gauge<Long>> listener) {
        this.context = context;
        this.metrics = new Metrics(context.metricGroup(), listener);
    }

    @Override
    public SourceReaderMetricGroup metricGroup() {
        return metrics;
    }

    @Override
    public Configuration getConfiguration() {
        return context.getConfiguration();
    }

    @Override
    public String getLocalHostName() {
        return context.getLocalHostName();
    }

    @Override
    public int getIndexOfSubtask() {
        return context.getIndexOfSubtask();
    }

    @Override
    public void sendSplitRequest() {
        context.sendSplitRequest();
    }

    @Override
    public void sendSourceEventToCoordinator(SourceEvent event) {
        context.sendSourceEventToCoordinator(event);
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
        return context.getUserCodeClassLoader();
    }

    @Override
    public int currentParallelism() {
        return context.currentParallelism();
    }

    private static final class Metrics extends ProxyMetricGroup<SourceReaderMetricGroup>
            implements SourceReaderMetricGroup {
        private final Consumer<Gauge<Long>> listener;

        Metrics(SourceReaderMetricGroup parent, Consumer<Gauge<Long>> listener) {
            super(parent);
            this.listener = listener;
        }

        @Override
        public Counter getNumRecordsInErrorsCounter() {
            return parentMetricGroup.getNumRecordsInErrorsCounter();
        }

        @Override
        public void setPendingBytesGauge(Gauge<Long> gauge) {
            parentMetricGroup.setPendingBytesGauge(gauge);
        }

        @Override
        public void setPendingRecordsGauge(Gauge<Long> gauge) {
            parentMetricGroup.setPendingRecordsGauge(gauge);
            listener.accept(gauge);
        }

        @Override
        public OperatorIOMetricGroup getIOMetricGroup() {
            return parentMetricGroup.getIOMetricGroup();
        }
    }
}
