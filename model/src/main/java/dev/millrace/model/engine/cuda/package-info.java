/** The engine for NVIDIA GPUs: cuBLAS for products, kernels compiled at run time for the device, whole steps as CUDA graphs. */
@NullMarked
package dev.millrace.model.engine.cuda;

import org.jspecify.annotations.NullMarked;
