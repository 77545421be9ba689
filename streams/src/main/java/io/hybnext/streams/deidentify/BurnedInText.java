package io.hybnext.streams.deidentify;

import io.hybnext.image.Image;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Suspects text in the pixels: lines of at least {@value #LEAST_GLYPHS} glyphs, which are areas of
 * one level with hard edges, alike in height, on one base line, close together. Single letters, as
 * side markers are, do not count. It finds what workstations and capture devices draw; handwriting
 * and stickers it does not.
 */
public final class BurnedInText {
  /** A line of fewer glyphs is a marker. */
  static final int LEAST_GLYPHS = 6;

  private static final int LONGEST_SIDE = 1536;
  private static final int LEAST_HEIGHT = 6;
  private static final int MOST_HEIGHT = 64;
  private static final int LEVEL_STEP = 70; // between a glyph and what is around it
  private static final double LEAST_EDGE_SHARE = 0.8;

  private final int width;
  private final int height;
  private final byte[] levels;

  private BurnedInText(int width, int height, byte[] levels) {
    this.width = width;
    this.height = height;
    this.levels = levels;
  }

  /** The box of a connected area. */
  private record Glyph(int left, int top, int right, int bottom) {
    int height() {
      return bottom - top + 1;
    }

    int width() {
      return right - left + 1;
    }
  }

  /** Whether an image seems to hold a line of text. */
  public static boolean isSuspected(Image image) {
    return longestLine(image) >= LEAST_GLYPHS;
  }

  /** Glyphs of the longest line found, bright on dark or dark on bright. */
  static int longestLine(Image image) {
    return Math.max(reduced(image, false).line(), reduced(image, true).line());
  }

  /** The strongest level of every field, so that thin strokes stay; white is strong. */
  private static BurnedInText reduced(Image image, boolean inverted) {
    int longer = Math.max(image.width(), image.height());
    int field = (longer + LONGEST_SIDE - 1) / LONGEST_SIDE;
    int width = (image.width() + field - 1) / field;
    int height = (image.height() + field - 1) / field;
    byte[] levels = new byte[width * height];
    byte[] pixels = image.pixels();
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int at = (y * image.width() + x) * image.channels();
        int level = pixels[at] & 0xFF;
        for (int channel = 1; channel < image.channels(); channel++) {
          level = Math.min(level, pixels[at + channel] & 0xFF);
        }
        level = inverted ? 255 - level : level;
        int to = y / field * width + x / field;
        levels[to] = (byte) Math.max(levels[to] & 0xFF, level);
      }
    }
    return new BurnedInText(width, height, levels);
  }

  private int line() {
    List<Glyph> glyphs = glyphs(threshold());
    glyphs.sort(Comparator.comparingInt(Glyph::left));
    int longest = 0;
    boolean[] used = new boolean[glyphs.size()];
    for (int first = 0; first < used.length; first++) {
      Glyph last = glyphs.get(first);
      int count = used[first] ? 0 : 1;
      for (int next = first + 1; next < used.length && count > 0; next++) {
        if (!used[next] && follows(last, glyphs.get(next))) {
          used[next] = true;
          last = glyphs.get(next);
          count++;
        }
      }
      longest = Math.max(longest, count);
    }
    return longest;
  }

  /** Drawn text has the image's greatest level, or nearly. */
  private int threshold() {
    int most = 0;
    for (byte level : levels) {
      most = Math.max(most, level & 0xFF);
    }
    return Math.max(LEVEL_STEP, most - 8);
  }

  private static boolean follows(Glyph last, Glyph next) {
    int taller = Math.max(last.height(), next.height());
    return Math.abs(last.bottom() - next.bottom()) <= Math.max(1, taller / 5)
        && 3 * Math.min(last.height(), next.height()) >= 2 * taller
        && next.left() > last.left()
        && next.left() - last.right() <= 2 * taller;
  }

  private List<Glyph> glyphs(int threshold) {
    List<Glyph> glyphs = new ArrayList<>();
    boolean[] seen = new boolean[levels.length];
    int[] stack = new int[256];
    for (int start = 0; start < levels.length; start++) {
      if (seen[start] || (levels[start] & 0xFF) < threshold) {
        continue;
      }
      int depth = 0;
      stack[depth++] = start;
      seen[start] = true;
      int left = width;
      int right = 0;
      int top = height;
      int bottom = 0;
      int edges = 0;
      int hardEdges = 0;
      while (depth > 0) {
        int at = stack[--depth];
        int x = at % width;
        int y = at / width;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
        for (int neighbour = 0; neighbour < 9; neighbour++) {
          int nx = x + neighbour % 3 - 1;
          int ny = y + neighbour / 3 - 1;
          if (nx < 0 || ny < 0 || nx >= width || ny >= height) {
            continue;
          }
          int to = ny * width + nx;
          if ((levels[to] & 0xFF) >= threshold) {
            if (!seen[to]) {
              seen[to] = true;
              stack = depth == stack.length ? Arrays.copyOf(stack, 2 * depth) : stack;
              stack[depth++] = to;
            }
          } else {
            edges++;
            hardEdges += threshold - (levels[to] & 0xFF) >= LEVEL_STEP ? 1 : 0;
          }
        }
      }
      Glyph glyph = new Glyph(left, top, right, bottom);
      if (isGlyph(glyph) && hardEdges >= LEAST_EDGE_SHARE * edges) {
        glyphs.add(glyph);
      }
    }
    return glyphs;
  }

  private static boolean isGlyph(Glyph glyph) {
    return glyph.height() >= LEAST_HEIGHT
        && glyph.height() <= MOST_HEIGHT
        && glyph.width() <= 3 * glyph.height() / 2;
  }
}
