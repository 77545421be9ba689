package io.hybnext.model.weights;

import io.hybnext.model.weights.pickle.PickleException;
import io.hybnext.model.weights.pickle.PickleGlobal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One block of elements in a file of {@code torch.save}; tensors are views of it.
 *
 * @param type of its elements
 * @param block name of the bytes that it lies in
 * @param offset its first element, counted in that block
 * @param size number of elements
 */
record TorchStorage(TensorType type, String block, long offset, long size) {

  /** A class of storages, as the pickle names it. */
  record Kind(TensorType type) implements PickleGlobal {
    private static final Map<String, Kind> KINDS =
        Map.of(
            "DoubleStorage", new Kind(TensorType.F64),
            "FloatStorage", new Kind(TensorType.F32),
            "HalfStorage", new Kind(TensorType.F16),
            "BFloat16Storage", new Kind(TensorType.BF16),
            "LongStorage", new Kind(TensorType.I64),
            "IntStorage", new Kind(TensorType.I32),
            "ShortStorage", new Kind(TensorType.I16),
            "CharStorage", new Kind(TensorType.I8),
            "ByteStorage", new Kind(TensorType.U8),
            "BoolStorage", new Kind(TensorType.BOOL));

    static Optional<Kind> named(String name) {
      return Optional.ofNullable(KINDS.get(name));
    }

    @Override
    public Object call(List<?> arguments) throws PickleException {
      throw new PickleException("it makes a storage inside its pickle, where no tensor lies");
    }
  }
}
