/**
 * The demo: the whole of Hybnext once, on the bundled X-rays, in minutes. {@link
 * io.hybnext.ops.demo.Demo} is the order of things, {@link io.hybnext.ops.demo.Exhibition} measures
 * and draws the checkpoints, {@link io.hybnext.ops.demo.DemoReport} writes the page.
 */
package io.hybnext.ops.demo;
