/** Weights that leave this project, as other programs see them. */
package io.hybnext.tests.weights;
