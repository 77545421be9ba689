package io.hybnext.ops.wiring;

import io.hybnext.config.HybnextSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonVocabulary;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.TokenSequences;
import io.hybnext.model.lumina.Conversation;
import io.hybnext.model.lumina.ImageGrammar.CodeImage;
import io.hybnext.model.lumina.Prompts;
import io.hybnext.model.weights.pickle.PickleException;
import io.hybnext.model.weights.pickle.PickleGlobal;
import io.hybnext.model.weights.pickle.PickleHost;
import io.hybnext.model.weights.pickle.PickleReader;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.source.TokenRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Token files of ARRA's records: a pickle of {@code {"token": ids, "label": ids, "id": number}},
 * one sequence of prompt and image (spec: ARRA, {@code arra/pre_tokenize}; arra.md section 4.3).
 *
 * <p>A file is taken only when training would feed just its ids and labels for the caption and the
 * codes found in it; so what is stored stands for the file without loss.
 */
public final class TokenPickles implements TokenRecords {
  private static final long MOST_BYTES = 16L << 20;

  /** Numbers, texts, lists and dictionaries: nothing else. */
  private static final PickleHost PLAIN =
      new PickleHost() {
        @Override
        public Optional<PickleGlobal> global(String module, String name) {
          return Optional.empty();
        }

        @Override
        public Object persistent(Object id) throws PickleException {
          throw new PickleException("it refers to data outside of it");
        }
      };

  private final ChameleonVocabulary vocabulary;
  private final Conversation conversation;
  private final Prompts prompts;

  /**
   * A reader of files made with this vocabulary.
   *
   * @param prompts how captions become ids; closed with this
   */
  TokenPickles(ChameleonVocabulary vocabulary, Prompts prompts) {
    this.vocabulary = vocabulary;
    this.conversation = new Conversation(vocabulary);
    this.prompts = prompts;
  }

  /**
   * Opens them for the network that settings name, when {@code data.records} asks for tokens.
   *
   * @throws SettingsException when that network is none whose captions can be told from ids
   */
  public static Opener opener(HybnextSettings settings, Networks networks) {
    return switch (settings.data().records()) {
      case IMAGES -> Opener.NONE;
      case TOKENS -> {
        DecoderConfig network =
            TrainingConfigs.of(
                    settings,
                    networks.tokenizer().codes().codebookSize(),
                    networks.tokenizer().codes().tokensPerImage(),
                    networks.encoder().featureDim())
                .network();
        if (!(network instanceof ChameleonConfig chameleon)
            || chameleon.vocabulary().text().isEmpty()) {
          throw new SettingsException(
              "data.records",
              "data.records = tokens: want model.network = chameleon and in model.start a"
                  + " checkpoint with tokenizer.json, which tells captions from ids");
        }
        int longest = TrainingConfigs.promptLength(chameleon);
        yield () ->
            new TokenPickles(chameleon.vocabulary(), Prompts.of(chameleon.vocabulary(), longest));
      }
    };
  }

  @Override
  public Prepared read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new PickleException("it has more than 16 MiB");
      }
      Object content = new PickleReader(ByteBuffer.wrap(Files.readAllBytes(file)), PLAIN).read();
      return taken(ids(content, "token"), ids(content, "label"));
    } catch (NoSuchFileException missing) {
      throw refused(QuarantineRule.MISSING_FILE, file, "the file does not exist");
    } catch (IOException | UncheckedIOException | IllegalArgumentException wrong) {
      throw refused(QuarantineRule.UNREADABLE, file, wrong.getMessage());
    }
  }

  private static QuarantineException refused(QuarantineRule rule, Path file, String reason) {
    return new QuarantineException(rule, "its tokens, " + file.getFileName() + ": " + reason);
  }

  private static int[] ids(Object content, String key) {
    if (!(content instanceof Map<?, ?> map) || !(map.get(key) instanceof List<?> list)) {
      throw new IllegalArgumentException("want a dictionary with the lists token and label");
    }
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      if (!(list.get(i) instanceof Long id) || id < Integer.MIN_VALUE || id > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(key + " " + i + " is no id");
      }
      ids[i] = id.intValue();
    }
    return ids;
  }

  private Prepared taken(int[] ids, int[] labels) {
    int end = 1;
    while (end < ids.length && ids[end] != vocabulary.marks().separator()) {
      end++;
    }
    int[] text = Arrays.copyOfRange(ids, Math.min(1, ids.length), Math.min(end, ids.length));
    CodeImage image =
        conversation
            .grammar()
            .decode(Arrays.copyOfRange(ids, Math.min(end + 1, ids.length), ids.length));
    if (image.rows() != image.columns()) {
      throw new IllegalArgumentException(
          "an image of " + image.rows() + " x " + image.columns() + " codes; want a square");
    }
    TokenSequences fed = conversation.training(List.of(text), List.of(image));
    same("id", ids, fed.ids().get(0));
    same("label", labels, fed.labels().get(0));
    String caption = prompts.caption(text).map(String::strip).orElse("");
    same("prompt id", text, prompts.ids(caption));
    return new Prepared(caption, image.codes());
  }

  private static void same(String what, int[] stored, int[] fed) {
    int at = Arrays.mismatch(stored, fed);
    if (at >= 0) {
      throw new IllegalArgumentException(
          "%s %d is %s; training here would feed %s"
              .formatted(what, at, shown(stored, at), shown(fed, at)));
    }
  }

  private static String shown(int[] ids, int at) {
    return at < ids.length ? Integer.toString(ids[at]) : "nothing";
  }

  @Override
  public void close() {
    prompts.close();
  }
}
