package io.hybnext.model.weights.pickle;

import java.io.IOException;

/** A pickle is damaged or asks for what is not allowed; the message goes behind the file's name. */
public final class PickleException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with the defect, without the file's name. */
  public PickleException(String message) {
    super(message);
  }
}
