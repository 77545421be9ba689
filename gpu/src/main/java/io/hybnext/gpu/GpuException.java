package io.hybnext.gpu;

/** A kernel, device or native library failed; the message says which and what to do. */
public final class GpuException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with the whole sentence for the operator. */
  public GpuException(String message) {
    super(message);
  }

  /** Creates the exception with the whole sentence for the operator and what caused it. */
  public GpuException(String message, Throwable cause) {
    super(message, cause);
  }
}
