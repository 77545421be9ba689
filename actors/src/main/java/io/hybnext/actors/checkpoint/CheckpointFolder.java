package io.hybnext.actors.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.hybnext.file.AtomicFile;
import io.hybnext.file.Disk;
import io.hybnext.file.FileFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What the folder of one checkpoint must look like: its name, {@code step-00001200}, and its {@code
 * manifest.json}, which lists every other file with its SHA-256.
 */
public final class CheckpointFolder {
  /** Names of published ones. */
  static final Pattern NAME = Pattern.compile("step-[0-9]{8,}");

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,250}");

  private static final String PREFIX = "step-";
  private static final String MANIFEST = "manifest.json";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private CheckpointFolder() {}

  /** Name of the folder of a step. */
  public static String name(long step) {
    return String.format("%s%08d", PREFIX, step);
  }

  /** Step of a folder with a name like that. */
  public static long step(Path folder) {
    return Long.parseLong(folder.getFileName().toString().substring(PREFIX.length()));
  }

  /** Adds the manifest to a folder and flushes both to the disk. */
  static void write(Disk disk, CheckpointManifest manifest, Path folder) throws IOException {
    AtomicFile.write(disk, folder.resolve(MANIFEST), JSON.writeValueAsBytes(manifest));
  }

  /**
   * Reads a checkpoint's manifest and compares every file with it.
   *
   * @param folder a published checkpoint
   * @return its manifest
   * @throws CheckpointException with a sentence that names the folder and what is wrong in it
   */
  public static CheckpointManifest verify(Path folder) throws CheckpointException {
    return verify(Disk.LOCAL, folder);
  }

  /** The same on any disk. */
  static CheckpointManifest verify(Disk disk, Path folder) throws CheckpointException {
    CheckpointManifest manifest = readManifest(disk, folder);
    for (CheckpointFile file : manifest.files()) {
      CheckpointFile found;
      try {
        found = CheckpointFile.describe(disk, folder, file.name());
      } catch (IOException e) {
        throw damaged(folder, FileFailure.explain(e));
      }
      if (!found.equals(file)) {
        throw damaged(folder, file.name() + " is not what its manifest says (length or SHA-256)");
      }
    }
    return manifest;
  }

  /**
   * Reads a checkpoint's manifest, without looking at the files.
   *
   * @param folder a published checkpoint
   * @throws CheckpointException with a sentence that names the folder and what is wrong in it
   */
  public static CheckpointManifest readManifest(Path folder) throws CheckpointException {
    return readManifest(Disk.LOCAL, folder);
  }

  private static CheckpointManifest readManifest(Disk disk, Path folder)
      throws CheckpointException {
    CheckpointManifest manifest;
    try (InputStream in = disk.open(folder.resolve(MANIFEST))) {
      JsonNode tree = JSON.readTree(in);
      checkFormat(folder, tree);
      manifest = JSON.treeToValue(tree, CheckpointManifest.class);
    } catch (JsonProcessingException e) {
      throw damaged(folder, MANIFEST + " is not the JSON that it should be");
    } catch (IOException e) {
      throw damaged(folder, MANIFEST + " cannot be read: " + FileFailure.explain(e));
    } catch (NullPointerException e) {
      throw damaged(folder, MANIFEST + " lacks its list of files");
    }
    if (manifest == null) {
      throw damaged(folder, MANIFEST + " is empty");
    }
    if (!folder.getFileName().toString().equals(name(manifest.step()))) {
      throw damaged(folder, MANIFEST + " is of step " + manifest.step());
    }
    for (CheckpointFile file : manifest.files()) {
      if (!isPlainName(file.name())) {
        throw damaged(folder, "its manifest names " + file.name() + ", which is no file in it");
      }
    }
    return manifest;
  }

  /** Before anything else of it is looked at: another format may have other fields. */
  private static void checkFormat(Path folder, JsonNode manifest) throws CheckpointException {
    JsonNode format = manifest.path("format");
    if (format.isInt() && format.intValue() != CheckpointManifest.FORMAT) {
      String writer = manifest.path("codeVersion").asText();
      throw CheckpointException.ofAnotherRelease(
          String.format(
              "checkpoint %s has format %d%s, and this release reads format %d: go on with the"
                  + " release that wrote it, or move the checkpoint away to go on from an older one",
              folder,
              format.intValue(),
              writer.isEmpty() ? "" : ", written by " + writer,
              CheckpointManifest.FORMAT));
    }
  }

  private static CheckpointException damaged(Path folder, String what) {
    return new CheckpointException("checkpoint " + folder + " is damaged: " + what);
  }

  private static boolean isPlainName(String name) {
    return name != null && PLAIN.matcher(name).matches();
  }

  /** Whether a file of a checkpoint may have this name. */
  static boolean isFileName(String name) {
    return isPlainName(name) && !name.equals(MANIFEST);
  }
}
