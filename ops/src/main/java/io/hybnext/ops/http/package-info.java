/**
 * A small web server for operators: who may call what, and how much of it. {@link
 * io.hybnext.ops.http.HttpService} listens; {@link io.hybnext.ops.http.Gate} decides about every
 * request before an {@link io.hybnext.ops.http.Endpoint} sees it.
 */
package io.hybnext.ops.http;
