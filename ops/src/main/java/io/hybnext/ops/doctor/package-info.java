/**
 * Checks of a machine before anything is run on it: {@link io.hybnext.ops.doctor.Doctor} makes
 * them, each one gives a {@link io.hybnext.ops.doctor.Finding}.
 */
package io.hybnext.ops.doctor;
