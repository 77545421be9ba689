package io.hybnext.streams.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Outcome.Kept;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSourceTest {
  private static ActorTestKit testKit;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    testKit = ActorTestKit.create();
  }

  @AfterAll
  static void stop() {
    testKit.shutdownTestKit();
  }

  private static List<Outcome<ImageItem>> items(ImageSource source) throws Exception {
    return source
        .items()
        .runWith(Sink.seq(), testKit.system())
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldFindImagesInAllFoldersSortedWithTheirCaptions() throws Exception {
    Files.createDirectories(folder.resolve("b/c"));
    for (String name : List.of("z.JPG", "b/c/x.png", "b/y.jpeg", "notes.txt", "a.gif")) {
      Files.createFile(folder.resolve(name));
    }
    Files.writeString(folder.resolve("b/y.txt"), " effusion \n");
    List<ImageItem> items =
        items(new FolderSource(folder, "x-ray", "val")).stream()
            .map(item -> ((Kept<ImageItem>) item).value())
            .toList();
    assertEquals(
        List.of("b/c/x.png", "b/y.jpeg", "z.JPG"), items.stream().map(ImageItem::id).toList());
    assertEquals(
        List.of("x-ray", "effusion", "x-ray"), items.stream().map(ImageItem::caption).toList());
    assertEquals("val", items.get(0).split());
  }

  @Test
  void shouldSayThatAFolderOrManifestIsMissing() {
    Path missing = folder.resolve("nowhere");
    for (ImageSource source :
        List.of(new FolderSource(missing, "", "train"), new ManifestSource(missing))) {
      ExecutionException error = assertThrows(ExecutionException.class, () -> items(source));
      assertInstanceOf(SourceException.class, error.getCause());
      assertTrue(error.getCause().getMessage().contains("nowhere"), error.getCause().getMessage());
    }
  }
}
