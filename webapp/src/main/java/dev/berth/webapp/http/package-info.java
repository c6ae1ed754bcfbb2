/** How answers look on the wire: JSON with entity tags, RFC 9457 problems, security headers. */
@NullMarked
package dev.berth.webapp.http;

import org.jspecify.annotations.NullMarked;
