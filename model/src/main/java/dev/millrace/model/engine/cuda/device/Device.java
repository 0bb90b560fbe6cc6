package dev.millrace.model.engine.cuda.device;

import static org.bytedeco.cuda.global.cudart.cuDeviceGetName;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMajor;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMinor;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetAttribute;
import static org.bytedeco.cuda.global.cudart.cudaFree;
import static org.bytedeco.cuda.global.cudart.cudaMalloc;
import static org.bytedeco.cuda.global.cudart.cudaMemGetInfo;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyAsync;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;
import static org.bytedeco.cuda.global.cudart.cudaMemsetAsync;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;

import dev.millrace.model.engine.cuda.CudaSettings;
import dev.millrace.model.engine.cuda.Precision;
import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.jspecify.annotations.Nullable;

/** One device for one engine: memory within a budget, two streams, kernels and products. For one thread at a time. */
public final class Device implements AutoCloseable {
    private static final int NAME_BYTES = 256;

    private final Resources taken = new Resources();
    private final int index;
    private final String name;
    private final long budget;
    private final Precision precision;
    private final PointerPointer<Pointer> holder = new PointerPointer<>(1);
    private final Address one = new Address();
    private final Address other = new Address();
    private final Stream compute;
    private final Stream copies;
    private final Launch launch;
    private final Products products;
    private final boolean deterministic;
    private final boolean cudnnWanted;
    private @Nullable InstalledConvolutions convolutions; // once somebody asks
    private long held;

    /** @throws IllegalStateException naming the device if there is no such one, or what CUDA refuses */
    public Device(CudaSettings settings) {
        this.index = settings.device();
        this.precision = settings.precision();
        this.deterministic = settings.deterministic();
        this.cudnnWanted = settings.cudnn();
        use();
        this.name = nameOf(index);
        this.budget = settings.memoryBudget() == 0 ? Long.MAX_VALUE : settings.memoryBudget();
        requireTensorCores();
        boolean whole = false;
        try {
            Kernels kernels = taken.keep(new Kernels("sm_" + attribute(cudaDevAttrComputeCapabilityMajor)
                    + attribute(cudaDevAttrComputeCapabilityMinor)));
            this.compute = taken.keep(new Stream());
            this.copies = taken.keep(new Stream());
            this.launch = new Launch(kernels, compute);
            this.products = taken.keep(new Products(this, compute, precision, deterministic));
            whole = true;
        } finally {
            if (!whole) taken.close();
        }
    }

    /** Turing computes what is asked for, but in float32 and slower: better said than found out. */
    private void requireTensorCores() {
        int major = attribute(cudaDevAttrComputeCapabilityMajor);
        if (precision == Precision.FLOAT32 || major >= 8) return;
        throw new IllegalStateException("cuda.precision " + precision.word()
                + " takes a device of compute capability 8.0 or later. Received: " + major + "."
                + attribute(cudaDevAttrComputeCapabilityMinor) + " (" + name + ")");
    }

    private static String nameOf(int index) {
        byte[] text = new byte[NAME_BYTES];
        Check.driver(cuDeviceGetName(text, NAME_BYTES, index), "cuDeviceGetName");
        int length = 0;
        while (length < text.length && text[length] != 0) length++;
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    private int attribute(int attribute) {
        int[] value = new int[1];
        Check.runtime(cudaDeviceGetAttribute(value, attribute, index), "cudaDeviceGetAttribute");
        return value[0];
    }

    /** Makes this the device of the calling thread. */
    public void use() {
        Check.runtime(cudaSetDevice(index), "cudaSetDevice(" + index + ")");
    }

    /** What the driver calls it. */
    public String name() {
        return name;
    }

    /** Bytes taken. */
    public long held() {
        return held;
    }

    /** Whether activations are float32; else bfloat16. */
    public boolean wide() {
        return precision != Precision.BFLOAT16;
    }

    /** Where work is enqueued. */
    public Stream compute() {
        return compute;
    }

    /** Where inputs come by, beside the work. */
    public Stream copies() {
        return copies;
    }

    /** A launch on the stream of the work. */
    public Launch kernel(String kernel) {
        return launch.kernel(kernel);
    }

    /** Products on the stream of the work. */
    public Products products() {
        return products;
    }

    /** Convolutions on the stream of the work, as far as cuDNN is there. */
    public InstalledConvolutions convolutions() {
        InstalledConvolutions found = convolutions;
        if (found == null) {
            found = InstalledConvolutions.find(
                    cudnnWanted, () -> new Convolutions(this, compute, precision, deterministic));
            if (found.cudnn() != null) taken.keep(found.cudnn());
            convolutions = found;
        }
        return found;
    }

    /** A mark. */
    public Event event() {
        return new Event();
    }

    /** Graphs of the work. */
    public Graph capture(Runnable work) {
        return Graph.capture(compute, work);
    }

    /**
     * Takes memory; its contents are undefined.
     *
     * @throws DeviceMemoryException if the device or the budget does not have so much
     */
    public DeviceMemory allocate(long bytes) {
        long wanted = Math.max(bytes, 1);
        if (wanted > budget - held) {
            throw new DeviceMemoryException("the memory budget on " + name + " is " + budget + " bytes, of which "
                    + held + " are taken. Received: " + wanted + " more");
        }
        Check.runtime(cudaMalloc(holder, wanted), "cudaMalloc of " + wanted + " bytes on " + name);
        held += wanted;
        return new DeviceMemory(this, holder.get(0).address(), wanted);
    }

    /** Bytes that can still be taken: of the budget, and of what the device has free now. */
    long room() {
        try (SizeTPointer free = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1)) {
            Check.runtime(cudaMemGetInfo(free, total), "cudaMemGetInfo");
            return Math.min(budget - held, free.get());
        }
    }

    void free(long address, long bytes) {
        Check.runtime(cudaFree(one.at(address)), "cudaFree");
        held -= bytes;
    }

    /** Page-locked memory. */
    public HostMemory allocateHost(long bytes) {
        return new HostMemory(Math.max(bytes, 1));
    }

    /** Copies from page-locked memory, behind what the stream holds. */
    public void upload(long from, long to, long bytes, Stream stream) {
        if (bytes == 0) return;
        int result = cudaMemcpyAsync(other.at(to), one.at(from), bytes, cudaMemcpyHostToDevice, stream.handle);
        Check.runtime(result, "cudaMemcpyAsync to the device");
    }

    /** Copies to page-locked memory, behind what the stream holds. */
    public void download(long from, long to, long bytes, Stream stream) {
        if (bytes == 0) return;
        int result = cudaMemcpyAsync(other.at(to), one.at(from), bytes, cudaMemcpyDeviceToHost, stream.handle);
        Check.runtime(result, "cudaMemcpyAsync to the host");
    }

    /** Zeros, behind the work. */
    public void zero(long address, long bytes) {
        if (bytes == 0) return;
        Check.runtime(cudaMemsetAsync(one.at(address), 0, bytes, compute.handle), "cudaMemsetAsync");
    }

    @Override
    public void close() {
        use();
        taken.close();
    }
}
