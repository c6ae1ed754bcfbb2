/**
 * The edge process: {@link dev.berth.proxy.Main} reads its environment, {@link
 * dev.berth.proxy.Edge} wires the parts. What follows a request on its way: {@code listen} (bytes
 * to a checked request head), {@code exchange} (one request and its answer), {@code routing} (which
 * app), {@code upstream} (the backend's side) or {@code files}. Beside it: {@code control}, {@code
 * probe}, {@code observe}. Nothing from Jakarta EE, the container engine or Git may enter.
 */
@NullMarked
package dev.berth.proxy;

import org.jspecify.annotations.NullMarked;
