package io.hybnext.streams.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.Outcome.Kept;
import io.hybnext.streams.item.Outcome.Rejected;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ARRA's list of conversations and its records, as lists and as lines. */
class PublishedManifestTest {
  private static final String PAIR =
      "{'conversations':[{'from':'human','value':'PA view chest x-ray image, no effusion'},"
          + "{'from':'gpt','value':'<|image|>'}],'image':['i/a.jpg']}";

  @TempDir Path folder;

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  private List<Outcome<ImageItem>> list(byte[] json) {
    return all(
        new JsonListReader(
            new ByteArrayInputStream(json), new ManifestEntries(folder, null), "m.json"));
  }

  private static List<Outcome<ImageItem>> all(EntryReader reader) {
    List<Outcome<ImageItem>> all = new ArrayList<>();
    try (reader) {
      for (Optional<Outcome<ImageItem>> next; (next = reader.next()).isPresent(); ) {
        all.add(next.get());
      }
      return all;
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static ImageItem kept(Outcome<ImageItem> outcome) {
    return ((Kept<ImageItem>) outcome).value();
  }

  @Test
  void shouldTakeTheTurnBeforeTheImageAsItsCaption() {
    ImageItem item = kept(list(bytes("[" + PAIR + "]")).get(0));
    assertEquals("PA view chest x-ray image, no effusion", item.caption());
    assertEquals(folder.resolve("i/a.jpg"), item.file());
    assertEquals("i/a.jpg", item.id());
    assertEquals("train", item.split());
  }

  @Test
  void shouldMakeAnItemOfEveryImageOfAConversation() {
    String three =
        "{'id':'c','conversations':[{'value':'frontal'},{'value':'<|image|>'},{'value':'lateral'},"
            + "{'value':'<|image|>'},{'value':'Thanks.'},{'value':'outside'},{'value':'<|image|>'}],"
            + "'image':['i/f.jpg','i/l.jpg','/etc/passwd']}";
    List<Outcome<ImageItem>> items = list(bytes("[" + three + "," + PAIR + "]"));
    assertEquals(4, items.size());
    assertEquals("c#1 i/f.jpg frontal", told(items.get(0)));
    assertEquals("c#2 i/l.jpg lateral", told(items.get(1)));
    String aside = ((Rejected<ImageItem>) items.get(2)).reason().message();
    assertTrue(aside.startsWith("m.json:entry 1, image 3: "), aside);
    assertEquals("i/a.jpg", kept(items.get(3)).id());
    String record = "{'file':'f','len':9,'id':7,'image_path':['i/1.jpg','i/2.jpg']}\n";
    InputStream lines = new ByteArrayInputStream(bytes(record));
    List<Outcome<ImageItem>> recorded =
        all(new ManifestReader(lines, new ManifestEntries(folder, null), "r.jsonl"));
    assertEquals("7#1 i/1.jpg ", told(recorded.get(0)));
    assertEquals("7#2 i/2.jpg ", told(recorded.get(1)));
    assertEquals(2, recorded.size());
  }

  private static String told(Outcome<ImageItem> outcome) {
    ImageItem item = kept(outcome);
    return item.id() + " " + item.relativePath() + " " + item.caption();
  }

  @Test
  void shouldTakeAbsolutePathsInsideTheFolderAndNoOthers() {
    String inside = PAIR.replace("i/a.jpg", folder.resolve("i/b.jpg").toString());
    String outside = PAIR.replace("i/a.jpg", "/etc/passwd");
    List<Outcome<ImageItem>> items = list(bytes("[" + inside + "," + outside + "]"));
    assertEquals("i/b.jpg", kept(items.get(0)).relativePath());
    Quarantined reason = ((Rejected<ImageItem>) items.get(1)).reason();
    assertEquals(QuarantineRule.PATH_ESCAPES, reason.rule());
  }

  @Test
  void shouldTakeRecordsWithoutCaptionAndKeepWhatTheySay() {
    String record = "{'file':'files/7.pkl','len':1073,'id':7,'image_path':['i/7.jpg']}";
    ImageItem item = kept(list(bytes("[" + record + "]")).get(0));
    assertEquals("7", item.id());
    assertEquals("", item.caption());
    assertTrue(item.provenance().extra().contains("files/7.pkl"), item.provenance().extra());
    InputStream lines = new ByteArrayInputStream(bytes(record + "\n" + record.substring(0, 30)));
    List<Outcome<ImageItem>> written =
        all(new ManifestReader(lines, new ManifestEntries(folder, null), "0-of-3-record.jsonl"));
    assertEquals("i/7.jpg", kept(written.get(0)).relativePath());
    Quarantined last = ((Rejected<ImageItem>) written.get(1)).reason(); // still being written
    assertTrue(last.message().startsWith("0-of-3-record.jsonl:2: "), last.message());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "7 ; is no JSON object",
        "{'conversations':'x','image':['a']} ; must be a list of turns",
        "{'conversations':[{'from':'human'}],'image':['a']} ; lacks its \"value\"",
        "{'conversations':[],'image':['a']} ; no answer is <|image|>",
        "{'conversations':[{'value':'<|image|> what?'},{'value':'a'}],'image':['a']} ; and nothing else",
        "{'conversations':[{'value':'c'},{'value':'<|image|>'}],'image':['a','b']} ; but \"image\" has 2 paths",
        "{'conversations':[{'value':'c'},{'value':'<|image|>'}],'image':[]} ; lists no path",
        "{'conversations':[{'value':'c'},{'value':'<|image|>'},{'value':'<|image|>'}],'image':['a','b']} ; each after a caption",
        "{'conversations':[{'value':' '},{'value':'<|image|>'}],'image':'a'} ; caption",
        "{'file':'f','image_path':7} ; path of an image"
      })
  void shouldPutAsideWithTheReasonAndGoOn(String entry, String reason) {
    List<Outcome<ImageItem>> items = list(bytes("[" + entry + "," + PAIR + "]"));
    assertEquals(2, items.size());
    Quarantined aside = ((Rejected<ImageItem>) items.get(0)).reason();
    assertTrue(aside.message().startsWith("m.json:entry 1: "), aside.message());
    assertTrue(aside.message().contains(reason), aside.message());
    assertTrue(items.get(1) instanceof Kept);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | is no JSON list",
        "[1,2 | beyond entry 2",
        "[] [] | follows behind the list",
        "[{'a':1,'a':2}] | beyond entry 1",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] | nesting depth"
      })
  void shouldSayWhereAListStopsBeingReadable(String json, String reason) {
    SourceException error = assertThrows(SourceException.class, () -> list(bytes(json)));
    assertTrue(error.getMessage().contains(reason), error.getMessage());
    assertEquals(1, error.getMessage().lines().count());
  }

  @Test
  void shouldNotHoldAnEntryWithoutEnd() {
    InputStream endless =
        new InputStream() {
          private long at;

          @Override
          public int read() {
            return at++ == 0 ? '[' : '1'; // one number that never ends
          }
        };
    SourceException error =
        assertThrows(
            SourceException.class,
            () -> all(new JsonListReader(endless, new ManifestEntries(folder, null), "m.json")));
    assertEquals(1, error.getMessage().lines().count());
    StringBuilder many = new StringBuilder("[{");
    for (int i = 0; i < 300_000; i++) {
      many.append("'").append(i).append("':1,");
    }
    SourceException tooLong =
        assertThrows(SourceException.class, () -> list(bytes(many.toString())));
    assertTrue(tooLong.getMessage().contains("more than"), tooLong.getMessage());
  }

  @Test
  void shouldReadAListOfAnyLength() {
    StringBuilder many = new StringBuilder("[");
    for (int i = 0; i < 20_000; i++) {
      many.append(i == 0 ? "" : ",").append(PAIR.replace("a.jpg", i + ".jpg"));
    }
    assertEquals(20_000, list(bytes(many.append("]").toString())).size());
  }

  @Test
  void shouldReadOrRefuseEveryMutation() {
    byte[] sound = bytes("[" + PAIR + ",{'file':'f','len':3,'id':7,'image_path':['i/7.jpg']}]");
    String words = "[]{}\",:\\u0-9eE.tfn<|>/ \u0000\u00ff";
    int[] outcomes = new int[2];
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = sound.clone();
            for (int i = 0; i <= random.nextInt(4); i++) {
              bytes[random.nextInt(bytes.length)] =
                  (byte) words.charAt(random.nextInt(words.length()));
            }
            outcomes[readOrRefuse(bytes) ? 1 : 0]++;
          }
        });
    assertTrue(outcomes[0] > 1_000 && outcomes[1] > 1_000, outcomes[0] + " " + outcomes[1]);
  }

  private boolean readOrRefuse(byte[] bytes) {
    try {
      for (Outcome<ImageItem> outcome : list(bytes)) {
        if (outcome instanceof Kept<ImageItem> item) {
          assertTrue(item.value().file().startsWith(folder));
        }
      }
      return true;
    } catch (SourceException refused) {
      assertEquals(1, refused.getMessage().lines().count());
      return false;
    }
  }
}
