/**
 * The edge to DJL and libtorch: the device and its threads ({@link io.hybnext.gpu.TorchEngine}),
 * arrays with one owner each ({@link io.hybnext.gpu.Scope}, {@link io.hybnext.gpu.Array}), kernels
 * written as TorchScript text ({@link io.hybnext.gpu.KernelModule}), reverse-mode differentiation
 * ({@link io.hybnext.gpu.Autograd}) and counter-based random numbers ({@link
 * io.hybnext.gpu.CounterRandom}). No other module names a DJL type. Read {@code KernelModule}
 * first.
 */
package io.hybnext.gpu;
