/**
 * Heads and trailers that come as lists of fields, as HTTP/2 and HTTP/3 have them: what a malformed
 * one is, one rule a file, and how a good one becomes the head that all of the edge works with. No
 * frames may enter.
 */
@NullMarked
package dev.berth.proxy.fields;

import org.jspecify.annotations.NullMarked;
