package io.hybnext.actors.cluster;

import com.typesafe.config.Config;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * What else a process starts with its part of the cluster: how it is watched from outside, and how
 * it finds the others where nobody tells it their addresses.
 */
public interface Rendezvous {

  /** Settings of the actor system that it needs, over those of the cluster. */
  Config settings();

  /**
   * Called once the system listens, before it joins anything.
   *
   * @throws ClusterException with a sentence when it cannot be watched like that
   */
  void start(ActorSystem<?> system) throws ClusterException;

  /** Whether it joins the cluster by itself; else the process joins the addresses it was given. */
  boolean finds();
}
