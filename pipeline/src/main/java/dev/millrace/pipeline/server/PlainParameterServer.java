package dev.millrace.pipeline.server;

import dev.millrace.pipeline.gradient.Gradient;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** A parameter server that takes no commands. */
public final class PlainParameterServer extends ParameterServer
        implements OneInputStreamOperator<Gradient, StepReport>, BoundedOneInput {
    private static final long serialVersionUID = 1L;

    public PlainParameterServer(ServerSettings settings) {
        super(settings);
    }

    @Override
    boolean isControlled() {
        return false;
    }

    @Override
    public void processElement(StreamRecord<Gradient> element) {
        take(element.getValue());
    }

    @Override
    public void endInput() {
        endGradients();
        end();
    }
}
