/**
 * What the actors need of the maths, without naming it: ops plugs a model in. Read {@link
 * io.hybnext.actors.step.TrainStep} first.
 */
package io.hybnext.actors.step;
