package dev.millrace.pipeline.server;

import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.gradient.Gradient;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** A parameter server that takes gradients (input 1) and commands (input 2). */
public final class ControlledParameterServer extends ParameterServer
        implements TwoInputStreamOperator<Gradient, Command, StepReport>, BoundedMultiInput {
    private static final long serialVersionUID = 1L;
    private static final int GRADIENTS = 1;
    private static final int INPUTS = 2;

    private transient int endedInputs;

    public ControlledParameterServer(ServerSettings settings) {
        super(settings);
    }

    @Override
    boolean isControlled() {
        return true;
    }

    @Override
    public void processElement1(StreamRecord<Gradient> element) {
        take(element.getValue());
    }

    @Override
    public void processElement2(StreamRecord<Command> element) {
        take(element.getValue());
    }

    @Override
    public void endInput(int input) {
        if (input == GRADIENTS) endGradients();
        if (++endedInputs == INPUTS) end();
    }
}
