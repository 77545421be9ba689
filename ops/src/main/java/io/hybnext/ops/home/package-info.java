/**
 * Where this copy of Hybnext lies and what is bundled with it: {@link io.hybnext.ops.home.Home}
 * finds assets by name, {@link io.hybnext.ops.home.Machine} tells what it runs on.
 */
package io.hybnext.ops.home;
