package dev.millrace.pipeline.gradient;

import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.table.TouchedRows;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/** Says to the parameter server what a worker has to say; a gradient block by block, of tables the rows touched alone. */
final class GradientSender {
    private final Output<StreamRecord<Gradient>> output;
    private final WorkerClock clock;
    private final int worker;
    private final int workers;
    private final Gradient message = new Gradient();
    private final StreamRecord<Gradient> record = new StreamRecord<>(message);

    GradientSender(Output<StreamRecord<Gradient>> output, WorkerClock clock, int worker, int workers) {
        this.output = output;
        this.clock = clock;
        this.worker = worker;
        this.workers = workers;
    }

    /** Sends something without a gradient. */
    void say(Gradient.Kind kind) {
        address(kind);
        output.collect(record);
    }

    /** Sends a gradient, with its last block the sums beside it; that of a second model behind that of the first. */
    void send(GradientSum first, @Nullable GradientSum second, Gradient.Summary summary) {
        int left = blocksOf(first) + (second == null ? 0 : blocksOf(second));
        left = send(first, 0, 0, left, summary);
        if (second != null) send(second, first.gradient.length, first.rows.length, left, summary);
    }

    private static int blocksOf(GradientSum sum) {
        int blocks = ParameterBlock.blocksOf(sum.gradient.length);
        for (TouchedRows rows : sum.rows) blocks += ParameterBlock.blocksOf(rows);
        return blocks;
    }

    /** @return how many blocks are left */
    private int send(GradientSum sum, int offset, int firstTable, int blocksLeft, Gradient.Summary summary) {
        int left = blocksLeft;
        int blocks = ParameterBlock.blocksOf(sum.gradient.length);
        for (int block = 0; block < blocks; block++) {
            address(Gradient.Kind.BLOCK);
            message.from = block * ParameterBlock.MAX_FLOATS;
            message.offset = offset + message.from;
            message.length = ParameterBlock.lengthOf(block, sum.gradient.length);
            message.values = sum.gradient;
            emit(--left == 0 ? summary : null);
        }
        for (int table = 0; table < sum.rows.length; table++) {
            TouchedRows rows = sum.rows[table];
            int most = ParameterBlock.mostRows(rows.width());
            for (int from = 0; from < rows.count(); from += most) {
                address(Gradient.Kind.BLOCK);
                message.table = firstTable + table;
                message.rows = rows.ids();
                message.rowCount = Math.min(most, rows.count() - from);
                message.from = from;
                message.length = message.rowCount * rows.width();
                message.values = rows.values();
                emit(--left == 0 ? summary : null);
            }
        }
        return left;
    }

    private void emit(Gradient.@Nullable Summary summary) {
        message.summary = summary;
        output.collect(record);
    }

    private void address(Gradient.Kind kind) {
        message.kind = kind;
        message.worker = worker;
        message.workers = workers;
        message.incarnation = clock.incarnation();
        message.version = clock.version();
        message.step = clock.step();
        message.table = Gradient.DENSE;
        message.rowCount = 0;
        message.length = 0;
        message.from = 0;
        message.summary = null;
    }
}
