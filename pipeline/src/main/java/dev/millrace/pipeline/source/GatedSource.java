package dev.millrace.pipeline.source;

import dev.millrace.pipeline.minibatch.LocalLink;
import dev.millrace.pipeline.minibatch.LocalLinks;
import java.io.Serializable;
import java.util.function.Predicate;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Any source behind a gate that the worker in the same slot holds: while too many mini-batches are outstanding the
 * reader reports that nothing is available. Nothing blocks, so checkpoints and parameters keep flowing.
 */
public final class GatedSource<T, S extends SourceSplit, E> implements Source<T, S, E>, ResultTypeQueryable<T> {
    private static final long serialVersionUID = 1L;

    private final Source<T, S, E> source;
    private final TypeInformation<T> type;
    private final Wanted<S> wanted;
    private final Diagnosis diagnosis;

    /** Which splits of a checkpoint are read on. */
    interface Wanted<S> extends Predicate<S>, Serializable {}

    public GatedSource(Source<T, S, E> source, TypeInformation<T> type) {
        this(source, type, split -> true, failure -> failure);
    }

    /**
     * Puts a source behind the gate.
     *
     * @param wanted of the splits that a reader had before a restart; connectors go on with all of them
     * @param diagnosis of what reading fails with
     */
    GatedSource(Source<T, S, E> source, TypeInformation<T> type, Wanted<S> wanted, Diagnosis diagnosis) {
        this.source = source;
        this.type = type;
        this.wanted = wanted;
        this.diagnosis = diagnosis;
    }

    @Override
    public SourceReader<T, S> createReader(SourceReaderContext context) throws Exception {
        LocalLink link = LocalLinks.of(context);
        SourceReader<T, S> reader = source.createReader(new PendingRecords(context, link::setPendingRecords));
        return new GatedReader<>(reader, link, wanted, diagnosis);
    }

    @Override
    public Boundedness getBoundedness() {
        return source.getBoundedness();
    }

    @Override
    public SplitEnumerator<S, E> createEnumerator(SplitEnumeratorContext<S> context) throws Exception {
        return source.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<S, E> restoreEnumerator(SplitEnumeratorContext<S> context, E checkpoint) throws Exception {
        return source.restoreEnumerator(context, checkpoint);
    }

    @Override
    public SimpleVersionedSerializer<S> getSplitSerializer() {
        return source.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<E> getEnumeratorCheckpointSerializer() {
        return source.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return type;
    }
}
