package io.hybnext.gpu;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Kernels compiled from TorchScript text. One call is one JNI crossing, whatever the number of
 * operators inside, and is differentiated while {@link Autograd#record} is on.
 *
 * <p>A method takes {@code Tensor} arguments (pass an {@link Array}) and {@code List[Tensor]} ones
 * (pass a {@code List<Array>}, not empty), and returns a {@code Tensor}, a tuple or a list of them.
 * No array may stand twice among the arguments of a call. Compiled once, used by one thread at a
 * time.
 */
public final class KernelModule implements AutoCloseable {
  private final TorchEngine engine;
  private final String name;
  private final PtSymbolBlock block;

  private KernelModule(TorchEngine engine, String name, PtSymbolBlock block) {
    this.engine = engine;
    this.name = name;
    this.block = block;
  }

  /**
   * Compiles the text.
   *
   * @throws GpuException with libtorch's own message when the text is wrong
   */
  public static KernelModule compile(TorchEngine engine, KernelSource source) {
    try {
      byte[] archive = KernelArchive.of(source.moduleText());
      PtSymbolBlock block =
          JniUtils.loadModule(engine.root(), new ByteArrayInputStream(archive), false, false);
      return new KernelModule(engine, source.name(), block);
    } catch (IOException | EngineException e) {
      throw new GpuException("kernel text " + source.name() + ": " + e.getMessage(), e);
    }
  }

  /** Runs a method that returns one array; {@code owner} owns it. */
  public Array call(Scope owner, String method, Object... arguments) {
    List<Array> results = callMany(owner, method, arguments);
    if (results.size() != 1) {
      throw new GpuException(name + "." + method + " returns " + results.size() + " arrays, not 1");
    }
    return results.get(0);
  }

  /** Runs a method that returns several arrays; {@code owner} owns them. */
  public List<Array> callMany(Scope owner, String method, Object... arguments) {
    TorchEngine.checkCalls();
    NDList inputs = new NDList();
    for (int i = 0; i < arguments.length; i++) {
      add(inputs, arguments[i], "l" + i + "[]");
    }
    try (NDArray marker = owner.manager().create(0f)) {
      marker.setName("module_method:" + method);
      inputs.add(marker);
      NDList outputs = IValueUtils.forward(block, inputs, true);
      List<Array> results = new ArrayList<>(outputs.size());
      for (NDArray output : outputs) {
        results.add(owner.wrap((PtNDArray) output));
      }
      return results;
    } catch (EngineException e) {
      throw new GpuException(name + "." + method + " failed: " + e.getMessage(), e);
    }
  }

  /** DJL tells a Tensor from a List[Tensor] by the name of the array. */
  private static void add(NDList inputs, Object argument, String listName) {
    if (argument instanceof Array single) {
      single.handle().setName(null);
      inputs.add(single.handle());
      return;
    }
    for (Object element : (List<?>) argument) {
      PtNDArray handle = ((Array) element).handle();
      handle.setName(listName);
      inputs.add(handle);
    }
  }

  /** The engine it was compiled for. */
  public TorchEngine engine() {
    return engine;
  }

  @Override
  public void close() {
    block.close();
  }
}
