package dev.millrace.model.engine.cuda;

import static org.bytedeco.cuda.global.cudart.*;
import static org.bytedeco.cuda.global.nvrtc.*;

import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** CUDA's calls as the tests of the emulation make them, through the presets that the engine uses. */
final class DeviceCalls {
    private DeviceCalls() {}

    /** An error where none is expected. */
    static void check(int error) {
        if (error != cudaSuccess) {
            throw new AssertionError(
                    "CUDA error " + error + ": " + cudaGetErrorString(error).getString());
        }
    }

    /** A device as new: without memory, streams, errors, and with 64 MiB. */
    static void reset() {
        cudaSetDevice(0); // gives the error of a device that failed before
        check(cudaDeviceReset());
        check(cudaSetDevice(0));
        EmulatedCuda.memory(64L << 20);
        EmulatedCuda.seed(0);
        EmulatedCuda.othersFirst(false);
    }

    /** Unwritten floats on the device. */
    static FloatPointer floats(int count) {
        FloatPointer pointer = new FloatPointer();
        check(cudaMalloc(pointer, 4L * count));
        return pointer;
    }

    /** Pinned floats on the host. */
    static FloatPointer pinned(float... values) {
        FloatPointer pointer = new FloatPointer();
        check(cudaHostAlloc(pointer, 4L * values.length, cudaHostAllocDefault));
        return pointer.capacity(values.length).put(values);
    }

    /** The values on the device, after all earlier work of the legacy stream. */
    static FloatPointer onDevice(float... values) {
        FloatPointer pointer = floats(values.length);
        check(cudaMemcpy(pointer, new FloatPointer(values), 4L * values.length, cudaMemcpyHostToDevice));
        return pointer;
    }

    /** What is on the device now; waits for no other stream. */
    static float[] read(Pointer device, int count) {
        FloatPointer host = new FloatPointer(count);
        check(cudaMemcpy(host, device, 4L * count, cudaMemcpyDeviceToHost));
        float[] values = new float[count];
        host.get(values);
        return values;
    }

    /** Bytes that no allocation holds. */
    static long free() {
        SizeTPointer free = new SizeTPointer(1);
        check(cudaMemGetInfo(free, new SizeTPointer(1)));
        return free.get();
    }

    /** A stream that takes no turns with the legacy one. */
    static CUstream_st stream() {
        CUstream_st stream = new CUstream_st();
        check(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking));
        return stream;
    }

    static CUevent_st event() {
        CUevent_st event = new CUevent_st();
        check(cudaEventCreateWithFlags(event, cudaEventDisableTiming));
        return event;
    }

    /** What NVRTC says of a source, and its log. */
    record Compilation(int result, String log, BytePointer image) {}

    static Compilation compile(String source, String... options) {
        _nvrtcProgram program = new _nvrtcProgram();
        check(nvrtcCreateProgram(
                program,
                new BytePointer(source),
                new BytePointer("test.cu"),
                0,
                (PointerPointer<?>) null,
                (PointerPointer<?>) null));
        BytePointer[] texts = new BytePointer[options.length];
        for (int i = 0; i < options.length; i++) texts[i] = new BytePointer(options[i]);
        int result = nvrtcCompileProgram(program, options.length, new PointerPointer<>(texts));
        SizeTPointer size = new SizeTPointer(1);
        check(nvrtcGetProgramLogSize(program, size));
        BytePointer log = new BytePointer(size.get());
        check(nvrtcGetProgramLog(program, log));
        check(nvrtcGetCUBINSize(program, size));
        BytePointer image = new BytePointer(size.get());
        check(nvrtcGetCUBIN(program, image));
        check(nvrtcDestroyProgram(program));
        return new Compilation(result, log.getString(), image);
    }

    /** The only kernel of a source, by name, on the current device. */
    static CUfunc_st kernel(String name, String source) {
        Compilation compiled = compile(source, "--gpu-architecture=sm_90");
        if (compiled.result() != NVRTC_SUCCESS) throw new AssertionError(compiled.log());
        CUmod_st module = new CUmod_st();
        check(cuModuleLoadData(module, compiled.image()));
        CUfunc_st function = new CUfunc_st();
        check(cuModuleGetFunction(function, module, name));
        return function;
    }

    /** Launches on lines of blocks; arguments are pointers, ints, longs or floats. Returns the error. */
    static int launch(CUfunc_st kernel, int blocks, int threads, CUstream_st stream, Object... arguments) {
        Pointer[] values = new Pointer[arguments.length];
        for (int i = 0; i < arguments.length; i++) values[i] = value(arguments[i]);
        return cuLaunchKernel(
                kernel, blocks, 1, 1, threads, 1, 1, 0, stream, new PointerPointer<>(values), (PointerPointer<?>) null);
    }

    private static Pointer value(Object argument) {
        if (argument instanceof Pointer p) return new LongPointer(1).put(p.address());
        if (argument instanceof Integer i) return new IntPointer(1).put(i);
        if (argument instanceof Long l) return new LongPointer(1).put(l);
        if (argument instanceof Float f) return new FloatPointer(1).put(f);
        throw new IllegalArgumentException("no argument of a kernel: " + argument);
    }
}
