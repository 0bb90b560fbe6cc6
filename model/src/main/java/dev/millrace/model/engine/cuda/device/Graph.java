package dev.millrace.model.engine.cuda.device;

import static org.bytedeco.cuda.global.cudart.cudaGraphDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphExecDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphInstantiate;
import static org.bytedeco.cuda.global.cudart.cudaGraphLaunch;
import static org.bytedeco.cuda.global.cudart.cudaStreamBeginCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamCaptureModeThreadLocal;
import static org.bytedeco.cuda.global.cudart.cudaStreamEndCapture;

import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;

/** Work that was recorded once and is launched as a whole: one call in the place of dozens. */
public final class Graph implements AutoCloseable {
    private final Stream stream;
    private final CUgraphExec_st executable;

    private Graph(Stream stream, CUgraphExec_st executable) {
        this.stream = stream;
        this.executable = executable;
    }

    /** Records what {@code work} enqueues, without doing it. */
    static Graph capture(Stream stream, Runnable work) {
        CUgraph_st graph = new CUgraph_st();
        int begun = cudaStreamBeginCapture(stream.handle, cudaStreamCaptureModeThreadLocal);
        Check.runtime(begun, "cudaStreamBeginCapture");
        boolean whole = false;
        try {
            work.run();
            whole = true;
        } finally {
            int ended = cudaStreamEndCapture(stream.handle, graph);
            if (whole) Check.runtime(ended, "cudaStreamEndCapture");
        }
        try {
            CUgraphExec_st executable = new CUgraphExec_st();
            Check.runtime(cudaGraphInstantiate(executable, graph, 0), "cudaGraphInstantiate");
            return new Graph(stream, executable);
        } finally {
            Check.runtime(cudaGraphDestroy(graph), "cudaGraphDestroy");
        }
    }

    /** Enqueues the work. */
    public void launch() {
        Check.runtime(cudaGraphLaunch(executable, stream.handle), "cudaGraphLaunch");
    }

    @Override
    public void close() {
        Check.runtime(cudaGraphExecDestroy(executable), "cudaGraphExecDestroy");
    }
}
