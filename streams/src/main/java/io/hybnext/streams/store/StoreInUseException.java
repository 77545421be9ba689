package io.hybnext.streams.store;

import java.nio.file.Path;

/** A store that another ingestion writes at the moment; it can be read all the same. */
public final class StoreInUseException extends StoreException {
  private static final long serialVersionUID = 1;

  StoreInUseException(Path folder) {
    super(
        "The store "
            + folder
            + " is being written by another ingestion: wait for it, or name another store.");
  }
}
