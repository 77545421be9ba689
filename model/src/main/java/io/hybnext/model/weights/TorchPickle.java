package io.hybnext.model.weights;

import io.hybnext.model.weights.pickle.PickleException;
import io.hybnext.model.weights.pickle.PickleGlobal;
import io.hybnext.model.weights.pickle.PickleHost;
import io.hybnext.model.weights.pickle.PickleTuple;
import java.util.List;
import java.util.Optional;

/**
 * The names that {@code torch.save} uses for tensors: {@code _rebuild_tensor_v2}, {@code
 * _rebuild_parameter} and the typed storages.
 */
final class TorchPickle implements PickleHost {

  /** Checks that the file has the bytes of a storage. */
  @FunctionalInterface
  interface Blocks {
    /**
     * Called for every storage that is mentioned.
     *
     * @throws PickleException when there are none or too few bytes
     */
    void check(TorchStorage storage) throws PickleException;
  }

  private final Blocks blocks;

  TorchPickle(Blocks blocks) {
    this.blocks = blocks;
  }

  @Override
  public Optional<PickleGlobal> global(String module, String name) {
    if (module.equals("torch")) {
      return TorchStorage.Kind.named(name).map(kind -> kind);
    }
    if (module.equals("torch._utils") && name.equals("_rebuild_tensor_v2")) {
      return Optional.of(TorchPickle::tensor);
    }
    if (module.equals("torch._utils") && name.equals("_rebuild_parameter")) {
      return Optional.of(TorchPickle::parameter);
    }
    return Optional.empty();
  }

  /** (storage, offset, size, stride, requires_grad, hooks, metadata?). */
  private static Object tensor(List<?> arguments) throws PickleException {
    if (arguments.size() >= 4
        && arguments.get(0) instanceof TorchStorage storage
        && arguments.get(1) instanceof Long offset
        && arguments.get(2) instanceof PickleTuple shape
        && arguments.get(3) instanceof PickleTuple strides) {
      return new TorchTensor(storage, offset, shape.longs(), strides.longs());
    }
    throw new PickleException("it has a tensor without storage, offset, size and stride");
  }

  /** (tensor, requires_grad, hooks). */
  private static Object parameter(List<?> arguments) throws PickleException {
    if (!arguments.isEmpty() && arguments.get(0) instanceof TorchTensor tensor) {
      return tensor;
    }
    throw new PickleException("it has a parameter without a tensor");
  }

  /** ("storage", class, key, device, elements, view?). */
  @Override
  public Object persistent(Object id) throws PickleException {
    List<?> parts = id instanceof PickleTuple tuple ? tuple.items() : List.of();
    if (parts.size() >= 5
        && "storage".equals(parts.get(0))
        && parts.get(1) instanceof TorchStorage.Kind kind
        && parts.get(2) instanceof String key
        && parts.get(4) instanceof Long size
        && size >= 0) {
      TorchStorage whole = new TorchStorage(kind.type(), key, 0, size);
      blocks.check(whole);
      Object view = parts.size() > 5 ? parts.get(5) : null;
      return view == null ? whole : view(whole, view);
    }
    throw new PickleException("it refers to something that is no storage of a known type");
  }

  /** A view of another storage, which only files of the first years have: (key, offset, size). */
  private static TorchStorage view(TorchStorage whole, Object view) throws PickleException {
    List<?> parts = view instanceof PickleTuple tuple ? tuple.items() : List.of();
    if (parts.size() == 3
        && parts.get(1) instanceof Long offset
        && parts.get(2) instanceof Long size
        && offset >= 0
        && size >= 0
        && offset <= whole.size() - size) {
      return new TorchStorage(whole.type(), whole.block(), offset, size);
    }
    throw new PickleException("it has a view that does not fit into its storage");
  }
}
