/**
 * Trainer processes of this machine: started, watched, ended. Read {@link
 * io.hybnext.actors.launch.TrainerLauncher} first.
 */
package io.hybnext.actors.launch;
