package io.hybnext.actors.run;

import io.hybnext.actors.run.RunAction.Report;
import io.hybnext.streams.batch.Wave;
import java.util.List;

/**
 * How new items enter a run: the members are held once, so that it is known which step nobody can
 * have begun; a wave at the step after, or later where a roll-back does steps again, is put on
 * disk, and only then may members go past it. They look for it before each step, so all of them
 * draw the new items from the same step on, whoever leads. What is offered while another wave
 * enters, or while members are held, is offered again.
 */
final class WaveEntry {
  private RunEvent.ItemsOffered offered; // until the members are held
  private Wave wave; // while it is put on disk

  /** Whether an offer can be taken now. */
  boolean isFree() {
    return offered == null && wave == null;
  }

  /** Takes an offer; the members are to be held. */
  void take(RunEvent.ItemsOffered items) {
    offered = items;
  }

  /** Members are held for another purpose, or gone: what was only offered comes again. */
  void forgetOffer() {
    offered = null;
  }

  /** Whether the members are held for new items. */
  boolean isTaken() {
    return offered != null;
  }

  /** The members are held; nobody has begun {@code step}, and nobody may until it is noted. */
  void enterAt(long step, List<RunAction> out) {
    wave = new Wave(step, offered.snapshot(), offered.mixing());
    offered = null;
    out.add(new RunAction.NoteWave(wave));
  }

  /** Largest number of steps that members may do now. */
  long bound() {
    return wave == null ? Long.MAX_VALUE : wave.step();
  }

  /** The disk answered. */
  void onAnswer(RunEvent event, List<RunAction> out) {
    if (event instanceof RunEvent.WaveNoted noted && noted.wave().equals(wave)) {
      out.add(
          new Report(
              new ProgressEvent.WaveEntered(
                  wave.step(), wave.snapshot().items(), wave.snapshot().segments())));
      wave = null;
    } else if (event instanceof RunEvent.WaveRefused refused && refused.wave().equals(wave)) {
      out.add(new Report(new ProgressEvent.WaveDelayed(refused.reason())));
      wave = null;
    }
  }
}
