package dev.millrace.model.engine.cuda.device;

import static org.bytedeco.cuda.global.cudart.cuModuleGetFunction;
import static org.bytedeco.cuda.global.cudart.cuModuleLoadData;
import static org.bytedeco.cuda.global.cudart.cuModuleUnload;
import static org.bytedeco.cuda.global.nvrtc.NVRTC_ERROR_COMPILATION;
import static org.bytedeco.cuda.global.nvrtc.nvrtcCompileProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcCreateProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcDestroyProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetCUBIN;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetCUBINSize;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetProgramLog;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetProgramLogSize;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** The kernels, compiled for a device when it is first used: a text suits every card, machine code only its own. */
final class Kernels implements AutoCloseable {
    /** In the order in which they build on each other. */
    private static final List<String> FILES = List.of(
            "values.cu",
            "dense.cu",
            "losses.cu",
            "images.cu",
            "filters.cu",
            "tables.cu",
            "normalization.cu",
            "layernorm.cu",
            "steps.cu",
            "depthwise.cu",
            "attention.cu",
            "lstm.cu");

    private final CUmod_st module = new CUmod_st();
    private final Map<String, CUfunc_st> functions = new HashMap<>();

    /** @param architecture as in {@code sm_90} */
    Kernels(String architecture) {
        try (BytePointer code = compile(source(), architecture)) {
            Check.driver(cuModuleLoadData(module, code), "cuModuleLoadData");
        }
    }

    /** All kernels as one text. */
    static String source() {
        StringBuilder source = new StringBuilder();
        for (String file : FILES) source.append(read(file)).append('\n');
        return source.toString();
    }

    private static String read(String file) {
        try (InputStream in = Kernels.class.getResourceAsStream(file)) {
            if (in == null) throw new IllegalStateException(file + " is missing beside " + Kernels.class);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BytePointer compile(String source, String architecture) {
        _nvrtcProgram program = new _nvrtcProgram();
        try (BytePointer text = new BytePointer(source);
                BytePointer name = new BytePointer("millrace.cu");
                BytePointer option = new BytePointer("--gpu-architecture=" + architecture);
                PointerPointer<BytePointer> options = new PointerPointer<BytePointer>(1).put(0, option);
                SizeTPointer size = new SizeTPointer(1)) {
            PointerPointer<BytePointer> none = null;
            Check.compiler(nvrtcCreateProgram(program, text, name, 0, none, none), "nvrtcCreateProgram");
            int result = nvrtcCompileProgram(program, 1, options);
            if (result == NVRTC_ERROR_COMPILATION) throw new IllegalStateException(log(program, architecture));
            Check.compiler(result, "nvrtcCompileProgram for " + architecture);
            Check.compiler(nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
            BytePointer code = new BytePointer(size.get());
            Check.compiler(nvrtcGetCUBIN(program, code), "nvrtcGetCUBIN");
            return code;
        } finally {
            int unused = nvrtcDestroyProgram(program);
        }
    }

    private static String log(_nvrtcProgram program, String architecture) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            int unused = nvrtcGetProgramLogSize(program, size);
            try (BytePointer log = new BytePointer(size.get())) {
                unused = nvrtcGetProgramLog(program, log);
                return "The kernels do not compile for " + architecture + ":\n" + log.getString();
            }
        }
    }

    /** The machine code of a kernel. */
    CUfunc_st function(String kernel) {
        return functions.computeIfAbsent(kernel, name -> {
            CUfunc_st function = new CUfunc_st();
            Check.driver(cuModuleGetFunction(function, module, name), "cuModuleGetFunction " + name);
            return function;
        });
    }

    @Override
    public void close() {
        Check.driver(cuModuleUnload(module), "cuModuleUnload");
    }
}
